/// \file
/// What is in the names of files that several processes write side by side.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailtool::store {

/// The name of this host as file names may have it: "/" and ":", which have a
/// meaning in Maildir names, are written in octal. At most 64 octets of it.
[[nodiscard]] std::string host_in_names();

/// Unique in this process, from 0, in any thread.
[[nodiscard]] std::uint64_t next_in_process();

/// PREFIX "P" pid "R" token "Q" counter "." seconds "." host: unique. The
/// token tells this process from a dead one with the same pid.
[[nodiscard]] std::string temporary_name(const std::string& prefix,
                                         const std::string& host);

/// True when `name` is such a name, and its process is known to be gone, or
/// the file in `directory` has not been written to for 36 hours.
[[nodiscard]] bool is_stale_temporary(int directory, const char* name,
                                      const std::string& prefix,
                                      const std::string& host);

}  // namespace mailtool::store
