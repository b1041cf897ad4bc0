/// \file
/// Views: a message by every policy, and what differs.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/json.h"
#include "app/message_view.h"
#include "app/part_row.h"

namespace mailtool::app {

/// Views that see the same parts.
struct ViewGroup {
  std::vector<std::string_view> names;  ///< of the policies
  std::vector<PartRow> rows;
  std::size_t view = 0;  ///< one of them, for Views::message
};

/// Message after message by all of view_policies().
class Views {
 public:
  explicit Views(const mime::ParserLimits& limits);

  void begin(const MessagePlace& place);
  void feed(std::string_view octets);
  void finish();

  /// Those that see something else than `rows` says, which needs digests: other
  /// parts, types, names or content. Empty where all agree.
  [[nodiscard]] std::vector<ViewGroup> differing(
      const std::vector<PartRow>& rows);
  /// What view number `view` has read.
  [[nodiscard]] ParsedMessage message(std::size_t view,
                                      const RandomAccess* input) {
    return views_[view].message(input);
  }

 private:
  std::vector<MessageView> views_;
};

/// Content that is known, so that a union takes each once: by digest and name.
class KnownContent {
 public:
  /// True the first time.
  bool add(const PartRow& row);

 private:
  std::set<std::pair<std::string, std::string>> known_;
};

/// Rows of `group` that none of `rows` equals in type, name and content: what
/// only these views see. Leaves alone.
[[nodiscard]] std::vector<std::size_t> rows_only_in(
    const ViewGroup& group, const std::vector<PartRow>& rows);

/// "views": [{names, parts: [{id, type, name, size, sha256}]}].
void write_views_json(const std::vector<ViewGroup>& groups, JsonWriter& json);

}  // namespace mailtool::app
