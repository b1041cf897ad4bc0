// message/partial: RFC 2046 section 5.2.2.
#include "mailtool/mime/partial.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/parameter.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kMaxId = 998;

// The line at the start of `text`, its line end included.
std::string_view first_line(std::string_view text) {
  const auto end = text.find('\n');
  return end == text.npos ? text : text.substr(0, end + 1);
}

std::string_view without_end(std::string_view line) {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// The name of the field that `line` begins; empty if it begins none.
std::string_view field_name(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == line.npos) return {};
  const auto name = line.substr(0, colon);
  const auto end = name.find_last_not_of(" \t");
  const auto trimmed = name.substr(0, end == name.npos ? 0 : end + 1);
  return is_field_name(trimmed) ? trimmed : std::string_view();
}

// RFC 2046 section 5.2.2.1, rules 1 and 2.
bool belongs_to_inner(std::string_view name) {
  return istarts_with(name, "Content-") || iequals(name, "Subject") ||
         iequals(name, "Message-ID") || iequals(name, "Encrypted") ||
         iequals(name, "MIME-Version");
}

void append_fields(std::string_view header, bool inner, std::string& to) {
  bool wanted = false;
  while (!header.empty()) {
    const auto line = without_end(first_line(header));
    header.remove_prefix(first_line(header).size());
    if (line.empty()) return;
    if (!is_blank(line.front())) {
      const auto name = field_name(line);
      wanted = !name.empty() && belongs_to_inner(name) == inner;
    }
    if (!wanted) continue;
    to += line;
    to += "\r\n";
  }
}

}  // namespace

std::optional<Fragment> parse_fragment(std::string_view value) {
  const auto parsed = parse_parameters(value);
  if (parsed.value != "message/partial") return std::nullopt;
  const auto* id = parsed.find("id");
  const auto* number = parsed.find("number");
  const auto* total = parsed.find("total");
  if (id == nullptr || id->empty() || id->size() > kMaxId ||
      number == nullptr) {
    return std::nullopt;
  }
  const auto n = parse_number(trim(*number), kMaxFragments);
  const auto all = total == nullptr ? std::optional<std::uint64_t>(0)
                                    : parse_number(trim(*total), kMaxFragments);
  if (!n || *n == 0 || !all) return std::nullopt;
  if (total != nullptr && *all < *n) return std::nullopt;
  return Fragment{*id, static_cast<std::uint32_t>(*n),
                  static_cast<std::uint32_t>(*all)};
}

std::string merge_fragment_headers(std::string_view outer,
                                   std::string_view inner) {
  std::string merged;
  append_fields(outer, false, merged);
  append_fields(inner, true, merged);
  merged += "\r\n";
  return merged;
}

std::size_t inner_header_octets(std::string_view body) noexcept {
  std::size_t octets = 0;
  while (octets < body.size()) {
    const auto line = first_line(body.substr(octets));
    octets += line.size();
    if (without_end(line).empty()) break;
  }
  return octets;
}

FragmentCollector::Outcome FragmentCollector::add(const Fragment& fragment,
                                                  std::uint64_t source) {
  const auto found = ids_.find(fragment.id);
  if (found == ids_.end()) {
    if (pieces_ == kMaxFragments ||
        id_octets_ + fragment.id.size() > kMaxFragmentIdOctets) {
      return Outcome::refused;
    }
    id_octets_ += fragment.id.size();
    ++pieces_;
    auto& pieces = ids_[fragment.id];
    pieces.rank = ids_.size();
    pieces.total = fragment.total;
    pieces.sources[fragment.number] = source;
    return Outcome::taken;
  }
  auto& pieces = found->second;
  const auto last = pieces.sources.rbegin()->first;
  const auto total = pieces.total != 0 ? pieces.total : fragment.total;
  if ((fragment.total != 0 && fragment.total != total) ||
      (total != 0 && std::max(last, fragment.number) > total)) {
    pieces.contradictory = true;
    return Outcome::contradiction;
  }
  if (pieces.sources.count(fragment.number) != 0) {
    pieces.total = total;
    return Outcome::duplicate;
  }
  if (pieces_ == kMaxFragments) return Outcome::refused;
  ++pieces_;
  pieces.total = total;
  pieces.sources[fragment.number] = source;
  return Outcome::taken;
}

std::vector<FragmentCollector::Message> FragmentCollector::messages() const {
  std::vector<Message> messages(ids_.size());
  for (const auto& [id, pieces] : ids_) {
    auto& message = messages[pieces.rank - 1];
    message.id = id;
    message.total = pieces.total;
    message.present = static_cast<std::uint32_t>(pieces.sources.size());
    // No number is above the total, and none is there twice.
    message.complete = pieces.total != 0 && message.present == pieces.total;
    message.contradictory = pieces.contradictory;
  }
  return messages;
}

std::vector<std::uint64_t> FragmentCollector::order(std::string_view id) const {
  std::vector<std::uint64_t> sources;
  const auto found = ids_.find(id);
  if (found == ids_.end()) return sources;
  for (const auto& [number, source] : found->second.sources) {
    sources.push_back(source);
  }
  return sources;
}

}  // namespace mailtool::mime
