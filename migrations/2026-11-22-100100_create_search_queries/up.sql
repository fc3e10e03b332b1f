-- What people search for, counted by day and text. Nothing of who: no address, no principal, no moment; texts that may be
-- about a person never come here.
create table search_queries (
    store_id uuid not null constraint search_queries_store_id_fkey references stores (id),
    day date not null,
    -- As it is compared: small letters, one space between words. Empty: all that is not told apart.
    text text not null constraint search_queries_text_bounded check (char_length(text) <= 64),
    searches bigint not null,
    without_results bigint not null,
    clicks bigint not null,
    -- Of what was clicked, counted from 1; the mean is this by the clicks.
    click_position_sum bigint not null,
    constraint search_queries_pkey primary key (store_id, day, text),
    constraint search_queries_count_up check (searches >= 0 and without_results between 0 and searches and clicks >= 0
        and click_position_sum >= clicks)
);
create index search_queries_day_idx on search_queries (day);
comment on table search_queries is 'counters of what was searched for, without anybody who searched';
