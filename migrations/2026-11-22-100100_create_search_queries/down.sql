drop table search_queries;
