/// \file
/// NameQuestion: what a name server is asked (RFC 1035 section 4.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailtool::net {

struct NameQuestion {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;   ///< as they came
  std::string_view section;  ///< the question as it came; empty: unreadable
  std::string name;          ///< lower case, no dot at its end
  std::uint16_t type = 0;
  std::uint16_t record_class = 0;
  bool edns = false;  ///< RFC 6891
  unsigned edns_version = 0;
  std::size_t udp_octets = 512;  ///< of an answer that the asker takes
  bool well_formed = false;      ///< all of it could be read

  [[nodiscard]] unsigned opcode() const { return flags >> 11U & 15U; }
};

/// nullopt: not even a header, or an answer. `message` outlives the question.
[[nodiscard]] std::optional<NameQuestion> parse_name_question(
    std::string_view message);

}  // namespace mailtool::net
