# Reads the lines a report of coverage knows (SF: a file, DA: a line and how often it ran) and counts those under `sources`
# that are not lines of tests. Exit status 1: less than `least` percent of them ran.

/^SF:/ {
    file = substr($0, 4)
    counts = index(file, sources) == 1 && file !~ /\/tests\.rs$/
    path = substr(file, length(sources) + 1)
    folder = path ~ /\// ? substr(path, 1, index(path, "/")) : "(the root)"
    tests = counts ? first_line_of_tests(file) : 0
}

/^DA:/ && counts {
    split(substr($0, 4), line, ",")
    if (tests && line[1] + 0 >= tests) next
    add(folder, line[2] == 0)
    add(path, line[2] == 0)
    add("all", line[2] == 0)
    is_folder[folder] = 1
}

END {
    if (!lines["all"]) {
        print "no line of the engine is in the report" > "/dev/stderr"
        exit 2
    }
    printf "%-48s %7s %7s %7s\n", "", "lines", "missed", "ran"
    fflush()
    for (name in is_folder) print row(name) | "sort"
    close("sort")
    print row("all")
    print "\nmost lines missed:"
    fflush()
    worst = "sort -k 3,3nr | head -n 10"
    for (name in lines) if (name ~ /\.rs$/ && missed[name]) print row(name) | worst
    close(worst)
    if (100 * (lines["all"] - missed["all"]) < least * lines["all"]) {
        print "\nless than " least " %"
        exit 1
    }
}

function add(name, is_missed) {
    lines[name]++
    missed[name] += is_missed
}

function row(name) {
    return sprintf("%-48s %7d %7d %6.1f%%", name, lines[name], missed[name], 100 * (lines[name] - missed[name]) / lines[name])
}

# Unit tests stand at the end of the file of what they test.
function first_line_of_tests(file,    number, text, marked) {
    number = marked = 0
    while ((getline text < file) > 0) {
        number++
        if (marked && text ~ /^mod tests \{/) break
        marked = text == "#[cfg(test)]" ? number : 0
    }
    close(file)
    return marked
}
