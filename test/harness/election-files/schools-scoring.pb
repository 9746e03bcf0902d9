META
key;value
description;Schools of a made-up town
country;Nowhere
unit;Testville
instance;2026
num_projects;3
num_votes;4
budget;1000
vote_type;scoring
rule;unknown
date_begin;2026
date_end;2026
min_points;-1
max_points;3
default_score;0
PROJECTS
project_id;cost;score;name
roof;100;4;A roof
lab;100;2;A laboratory
bus;100;-1;A bus
VOTES
voter_id;vote;points
1;roof,lab;3,1
2;roof,bus;1,-1
3;;
4;lab,roof;1,0
