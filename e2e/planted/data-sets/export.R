# Writes data sets of R's own packages as CSV: Rscript export.R FOLDER. A missing value is an empty cell.
folder <- commandArgs(trailingOnly = TRUE)[1]

write <- function(table, name) write.csv(table, file.path(folder, paste0(name, ".csv")), row.names = FALSE, na = "", fileEncoding = "UTF-8")

# one row for each person that the contingency table counts
people <- function(counts) {
  table <- as.data.frame(counts, stringsAsFactors = FALSE)
  people <- table[rep(seq_len(nrow(table)), table$Freq), names(table) != "Freq"]
  transform(people, Survived = ifelse(Survived == "Yes", "true", "false"))
}

# the titles of the help pages of R itself: texts that every R has
help_pages <- function(packages) {
  pages <- lapply(packages, function(package) {
    found <- readRDS(system.file("Meta", "hsearch.rds", package = package))[[1]]
    data.frame(package = package, page = found[, "Name"], title = gsub("\\s+", " ", found[, "Title"]))
  })
  do.call(rbind, pages)
}

write(transform(datasets::airquality, date = as.Date(sprintf("1973-%d-%d", Month, Day))), "airquality")
write(datasets::quakes, "quakes")
write(as.data.frame(datasets::ChickWeight), "ChickWeight")
write(people(datasets::Titanic), "Titanic")
write(help_pages(c("base", "stats", "utils", "graphics", "grDevices", "methods", "tools")), "help pages")
cat("R", paste(R.version$major, R.version$minor, sep = "."), "\n")
