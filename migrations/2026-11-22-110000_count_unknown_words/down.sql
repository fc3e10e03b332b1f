alter table search_queries
    drop constraint search_queries_count_up,
    drop column with_unknown_words,
    add constraint search_queries_count_up check (searches >= 0 and without_results between 0 and searches and clicks >= 0
        and click_position_sum >= clicks);
