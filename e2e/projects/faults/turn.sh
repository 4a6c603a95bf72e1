tr "$2" "$3" < made/text.txt > "made/$1.txt"
echo "ran steps.$1"
