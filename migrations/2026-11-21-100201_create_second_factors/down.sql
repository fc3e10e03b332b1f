drop table second_factor_challenges;
drop table recovery_codes;
drop table second_factors;
