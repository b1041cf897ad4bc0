/// \file
/// SortOrder: messages in the order of a key, by the server or here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::app {

/// --sort KEY; "-KEY" is the reverse.
struct SortOrder {
  enum class Key : std::uint8_t { date, arrival, from, to, cc, subject, size };
  Key key = Key::date;
  bool reverse = false;
  friend bool operator==(const SortOrder&, const SortOrder&) = default;
};

/// Fails with usage.
Result<SortOrder> parse_sort(const std::string& text);

/// The criteria of SORT (RFC 5256): "REVERSE DATE".
[[nodiscard]] std::string criteria(const SortOrder& order);

/// Sorts as a server with SORT does: the day and time in UTC, of `date` those
/// of the Date field or else of arrival; of addresses what stands before the @
/// of the first one; of subjects the base subject; texts without regard to
/// case. Equal ones stand in the order of their UIDs, in reverse, too.
class Sorter {
 public:
  explicit Sorter(const SortOrder& order) : order_(order) {}
  /// What FETCH is to bring.
  [[nodiscard]] client::FetchItems items() const;
  /// \pre the message has a UID
  void add(const imap::FetchData& message);
  /// The UIDs in order; nothing is left.
  std::vector<std::uint32_t> take();

 private:
  struct Entry {
    std::int64_t number = 0;
    std::string text;
    std::uint32_t uid = 0;
  };
  SortOrder order_;
  std::vector<Entry> entries_;
};

}  // namespace mailtool::app
