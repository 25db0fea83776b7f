-- removes what features.descriptions holds of :family, of all as_ofs
delete from features.descriptions
where family = :family
