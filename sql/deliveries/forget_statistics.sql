-- The statistics of a table's deliveries from :first to :as_of, taken out so that they can be written again
delete from ops.delivery_statistics
where table_name = :table_name and as_of >= cast(:first as date) and as_of <= cast(:as_of as date)
