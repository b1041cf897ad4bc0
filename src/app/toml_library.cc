// The implementation of toml++, compiled once and into the program.

#define TOML_IMPLEMENTATION
#include "app/toml.h"
