#include "app/parse_views.h"

#include <algorithm>

namespace mailtool::app {
namespace {

std::string digest_text(const PartRow& row) {
  return row.decoded ? hex(*row.decoded) : std::string();
}

// What a view sees of a part. Multiparts are seen by what they hold.
std::string mark(const PartRow& row) {
  std::string text = row.id + '\n' + row.type + '\n' + row.name + '\n';
  if (!row.has_children) text += digest_text(row);
  return text;
}

std::vector<std::string> marks(const std::vector<PartRow>& rows) {
  std::vector<std::string> all;
  all.reserve(rows.size());
  for (const auto& row : rows) all.push_back(mark(row));
  return all;
}

std::string content_mark(const PartRow& row) {
  return row.type + '\n' + row.name + '\n' + digest_text(row);
}

}  // namespace

Views::Views(const mime::ParserLimits& limits) {
  for (const auto& policy : view_policies()) views_.emplace_back(policy, limits);
}

void Views::begin(const MessagePlace& place) {
  for (auto& view : views_) view.begin(place);
}

void Views::feed(std::string_view octets) {
  for (auto& view : views_) view.feed(octets);
}

void Views::finish() {
  for (auto& view : views_) view.finish();
}

std::vector<ViewGroup> Views::differing(const std::vector<PartRow>& rows) {
  std::vector<ViewGroup> groups;
  std::vector<std::vector<std::string>> seen{marks(rows)};
  for (std::size_t i = 0; i < views_.size(); ++i) {
    auto view_rows = rows_of(views_[i].message(nullptr));
    auto view_marks = marks(view_rows);
    const auto same = std::find(seen.begin(), seen.end(), view_marks);
    const auto name = views_[i].policy().name;
    if (same == seen.begin()) continue;
    if (same != seen.end()) {
      groups[static_cast<std::size_t>(same - seen.begin()) - 1].names.push_back(
          name);
      continue;
    }
    seen.push_back(std::move(view_marks));
    groups.push_back({{name}, std::move(view_rows), i});
  }
  return groups;
}

bool KnownContent::add(const PartRow& row) {
  return known_.insert({digest_text(row), row.name}).second;
}

std::vector<std::size_t> rows_only_in(const ViewGroup& group,
                                      const std::vector<PartRow>& rows) {
  std::set<std::string> known;
  for (const auto& row : rows) {
    if (!row.has_children) known.insert(content_mark(row));
  }
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < group.rows.size(); ++i) {
    const auto& row = group.rows[i];
    if (!row.has_children && known.insert(content_mark(row)).second) {
      found.push_back(i);
    }
  }
  return found;
}

void write_views_json(const std::vector<ViewGroup>& groups, JsonWriter& json) {
  const auto known = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  json.key("views").begin_array();
  for (const auto& group : groups) {
    json.begin_object().key("names").begin_array();
    for (const auto name : group.names) json.value(name);
    json.end_array().key("parts").begin_array();
    for (const auto& row : group.rows) {
      json.begin_object().field("id", row.id).field("type", row.type);
      json.field("name", known(row.name));
      if (row.decoded_octets && !row.has_children) {
        json.field("decoded_size", *row.decoded_octets);
        json.field("sha256", known(digest_text(row)));
      }
      json.end_object();
    }
    json.end_array().end_object();
  }
  json.end_array();
}

}  // namespace mailtool::app
