-- removes from learn.example_draws the as-of dates that have no example left, so that they are built again
delete from learn.example_draws
where
    not exists (
        select 1 as found
        from learn.examples as e
        where
            e.model_name = learn.example_draws.model_name
            and e.label_version = learn.example_draws.label_version
            and e.as_of = learn.example_draws.as_of
    )
