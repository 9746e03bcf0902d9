META
key;value
description;Streets of a made-up town
country;Nowhere
unit;Testville
instance;2026
num_projects;3
num_votes;4
budget;1000
vote_type;ordinal
rule;unknown
date_begin;2026
date_end;2026
max_length;3
scoring_fn;Borda
PROJECTS
project_id;cost;name
a;100;Lamps
b;100;Crossing
c;100;Bicycle lane
VOTES
voter_id;vote
1;a,b,c
2;b,a
3;c,b,c
4;b
