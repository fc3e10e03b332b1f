-- What a shop says about words and products when somebody searches: synonyms, and rules that put products first, higher or
-- lower. Read into the memory of every server and used by each search.
create table search_synonyms (
    id uuid constraint search_synonyms_pkey primary key,
    store_id uuid not null constraint search_synonyms_store_id_fkey references stores (id),
    words text[] not null constraint search_synonyms_words_bounded check (cardinality(words) between 1 and 20),
    -- One way: what the words mean besides. Empty: two-way, each of the words means all of them.
    means text[] not null constraint search_synonyms_means_bounded check (cardinality(means) <= 20),
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint search_synonyms_mean_something check (cardinality(words) + cardinality(means) >= 2)
);
create index search_synonyms_store_id_idx on search_synonyms (store_id, id);

create table search_rules (
    id uuid constraint search_rules_pkey primary key,
    store_id uuid not null constraint search_rules_store_id_fkey references stores (id),
    name text not null,
    -- For which texts.
    condition text not null constraint search_rules_condition_known check (condition in ('always', 'is', 'contains')),
    condition_text text,
    -- Products that come first, in this order; or
    pinned uuid[] constraint search_rules_pinned_bounded check (cardinality(pinned) between 1 and 50),
    -- what is weighed, and how much. No foreign keys: an attribute is nobody's, and a rule may wait for what comes back.
    target text constraint search_rules_target_known check (target in ('product', 'brand', 'category', 'attribute')),
    target_key text,
    target_value text,
    percent integer constraint search_rules_percent_bounded check (percent between 0 and 1000),
    active boolean not null,
    starts_at timestamptz,
    ends_at timestamptz,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint search_rules_name_key unique (store_id, name),
    constraint search_rules_condition_has_its_text check ((condition_text is null) = (condition = 'always')),
    constraint search_rules_do_one_thing check (case when pinned is null
        then target is not null and target_value is not null and percent is not null
             and (target_key is not null) = (target = 'attribute')
        else target is null and target_key is null and target_value is null and percent is null end),
    constraint search_rules_end_after_they_start check (starts_at < ends_at)
);
create index search_rules_store_id_idx on search_rules (store_id, id);
