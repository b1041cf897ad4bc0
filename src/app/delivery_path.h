/// \file
/// DeliveryPath: the way of a message as its Received fields tell it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mailtool/mime/date_time.h"
#include "mailtool/mime/structure.h"

namespace mailtool::app {

enum class HopTls : std::uint8_t { not_told, no, yes };

/// One Received field. All text is the message's: printable() it. Whoever
/// handed the message on could have written what is below his own hop.
struct Hop {
  std::string from;  ///< what the client called itself; may be empty
  std::string ip;
  std::string by;
  std::string with;
  HopTls tls = HopTls::not_told;
  std::optional<mime::DateTime> date;
  /// Seconds since the last hop before it that has a date; negative where the
  /// clocks disagree or somebody lied.
  std::optional<std::int64_t> delay;
};

struct DeliveryPath {
  std::vector<Hop> hops;     ///< the oldest first
  std::size_t left_out = 0;  ///< newest hops beyond kMaxHops
  /// From the first date to the last, where there are two.
  std::optional<std::int64_t> total;
};

inline constexpr std::size_t kMaxHops = 200;

/// Of the header of the message as a whole.
[[nodiscard]] DeliveryPath delivery_path(const mime::Structure& structure);

/// "3 s", "2 min 5 s", "-1 h 0 min", "2 d 3 h".
[[nodiscard]] std::string delay_text(std::int64_t seconds);

}  // namespace mailtool::app
