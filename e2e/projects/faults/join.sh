cat made/parts/*.txt made/parts/deep/*.txt made/right.txt > made/join.txt
echo ran steps.join
