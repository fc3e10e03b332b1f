-- How each store is searched. In which language its texts are is the store's; what counts how much in the order of results
-- is one thing that is changed as a whole, and stands at the program's own weights until somebody does.
alter table stores
    add column language text not null default 'en' constraint stores_language_known check (language in
        ('ar', 'da', 'nl', 'en', 'fi', 'fr', 'de', 'el', 'hu', 'it', 'no', 'pt', 'ro', 'ru', 'es', 'sv', 'ta', 'tr', 'und'));
comment on column stores.language is 'of its texts, by ISO 639; und: none that the search knows the words of';

create table search_settings (
    store_id uuid constraint search_settings_pkey primary key
        constraint search_settings_store_id_fkey references stores (id),
    -- In percent of how well the words match.
    popularity integer not null constraint search_settings_popularity_in_range check (popularity between 0 and 1000),
    rating integer not null constraint search_settings_rating_in_range check (rating between 0 and 1000),
    newness integer not null constraint search_settings_newness_in_range check (newness between 0 and 1000),
    newness_half_life_days integer not null
        constraint search_settings_half_life_in_range check (newness_half_life_days between 1 and 3650),
    sold_out integer not null constraint search_settings_sold_out_in_range check (sold_out between 0 and 100),
    version bigint not null,
    updated_at timestamptz not null
);
comment on table search_settings is 'what counts how much in the order of results; no row: as the program has it';
