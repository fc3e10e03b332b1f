-- A text with a word that no product has is no text to be offered to others, however often it found something.
alter table search_queries
    add column with_unknown_words bigint not null default 0,
    drop constraint search_queries_count_up,
    add constraint search_queries_count_up check (searches >= 0 and without_results >= 0 and with_unknown_words >= 0
        and without_results + with_unknown_words <= searches and clicks >= 0 and click_position_sum >= clicks);
