alter table one_time_codes drop column network;
