#pragma once
#include <stddef.h>

// A text file of the source tree that travels inside the binary.
struct watchword_embedded_file {
    // Relative to the folder that `watchword init` fills, such as "dictionary.d/cisco".
    const char *path;
    // Ends with a NUL.
    const unsigned char *text;
};

// The file of that number, counted from 0; NULL behind the last one.
const struct watchword_embedded_file *watchword_embedded_file(size_t number);
