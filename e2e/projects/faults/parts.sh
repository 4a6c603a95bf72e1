mkdir -p made/parts/deep
for size in 1000 2000 3000; do head -c $size made/left.txt > made/parts/$size.txt; done
head -n 1 made/left.txt > made/parts/deep/first.txt
echo ran steps.parts
