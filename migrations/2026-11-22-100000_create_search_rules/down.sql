drop table search_rules;
drop table search_synonyms;
