META
key;value
description;Parks of a made-up town
country;Nowhere
unit;Testville
instance;2026
num_projects;4
num_votes;6
budget;1000
vote_type;approval
rule;greedy
min_length;1
max_length;2
date_begin;2026
date_end;2026
PROJECTS
name;project_id;cost;votes;selected
"MP 36 ""Dream"" playground";MP/36;400;3;1
"Benches; more of them";7;300;2;1
Trees;zieleń 1;500;2;0
Fountain;F;900;1;0
VOTES
voter_id;age;vote
1;34;MP/36,7
2;51;MP/36
3;;zieleń 1,F
4;19;7,zieleń 1
5;62;
6;47;MP/36
