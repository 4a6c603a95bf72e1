# Writes in two halves, so that a kill finds half a file in the workspace.
head -c 4000 seed.txt > made/text.txt
sleep 0.01
tail -c +4001 seed.txt >> made/text.txt
echo ran steps.ingest
