/// \file
/// toml++ as we use it: include this and not its header.
#pragma once

// toml++ 3.3 asserts that a key begins with a legal character and reports an
// error when it does not, in this order. The file is the user's: only the
// error is wanted, and no compiler may take the assertion for granted, as clang
// does under NDEBUG.
#undef NDEBUG
#define TOML_ASSERT(expr) static_assert(true)

#include <toml++/toml.h>
