-- The quarantined rows of :table_name that were known before :as_of, taken out so that they can be judged anew
delete from ops.quarantine
where table_name = :table_name and as_of <= cast(:as_of as date)
