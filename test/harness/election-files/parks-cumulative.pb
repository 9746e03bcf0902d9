META
key;value
description;Points for a made-up town
country;Nowhere
unit;Testville
instance;2026
num_projects;4
num_votes;7
budget;12000
vote_type;cumulative
rule;greedy
date_begin;2026
date_end;2026
max_sum_points;10
PROJECTS
project_id;cost;votes;score;name
stage;9000;4;30;A stage
garden;3000;2;10;A garden
library;3500;2;17;"The library; a corner for children"
racks;1000;1;3;Bike racks
VOTES
voter_id;vote;points
1;stage;10
2;stage;10
3;stage,garden;6,4
4;garden,stage;6,4
5;library;10
6;racks,library;3,7
7;;
