// LIST, STATUS, SEARCH, FLAGS: what RFC 9051 calls mailbox-data.

#include "imap/response_parts.h"
#include "mailtool/base/ascii.h"

namespace mailtool::imap {
namespace {

// The octets from the start of `from` to the end of `to`.
std::string_view span(Value from, Value to) {
  const auto* begin = from.raw().data();
  const auto* end = to.raw().data() + to.raw().size();
  return {begin, static_cast<std::size_t>(end - begin)};
}

// mbox-list-extended = "(" [mbox-list-extended-item *(SP …)] ")"
// mbox-list-extended-item = tag SP tagged-ext-val
bool is_extended_data(Value list) {
  const auto tag = list.first();
  return list.is_list() &&
         (tag.absent() || tag.is_string() || tag.next().is_list());
}

bool is_status_items(Value list) { return list.is_list(); }

// A mailbox written bare, with blanks or parentheses in it, goes on to the end
// or to the list that ends the response. Tests: "name with a blank", and
// odd_folders_test.cc.
std::string_view bare_name(Value name, bool (*is_data)(Value)) {
  auto before = name;
  auto last = name;
  for (auto at = name.next(); !at.absent(); at = at.next()) {
    before = last;
    last = at;
  }
  return span(name, is_data(last) ? before : last);
}

std::optional<MailboxName> mailbox(Value name, bool (*is_data)(Value),
                                   NameEncoding encoding) {
  if (name.is_string() && !name.streamed()) {
    if (name.text().size() > kMaxMailboxName) return std::nullopt;
    return mailbox_from_wire(name.text(), encoding);
  }
  if (name.kind() != Value::Kind::atom) return std::nullopt;
  const auto bare = bare_name(name, is_data);
  if (bare.size() > kMaxMailboxName) return std::nullopt;
  return mailbox_from_wire(bare, encoding);
}

std::optional<std::uint32_t> nz_number(std::string_view text) {
  const auto number = parse_number(text, UINT32_MAX);
  if (!number || *number == 0) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

}  // namespace

std::vector<std::string> flag_list(Value value) {
  std::vector<std::string> flags;
  for (auto at = value.first(); !at.absent(); at = at.next()) {
    if (!at.text().empty()) flags.emplace_back(at.text());
  }
  return flags;
}

// flag-list = "(" [flag *(SP flag)] ")"
FlagsData parse_flags(const FramedResponse& framed, std::size_t offset) {
  const ValueTree tree(framed, offset);
  return {flag_list(tree.first())};
}

// mailbox-list = "(" [mbx-list-flags] ")" SP
//                (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox
//                [SP mbox-list-extended]
std::optional<ListData> parse_list(const FramedResponse& framed,
                                   std::size_t offset, bool lsub,
                                   NameEncoding names) {
  const ValueTree tree(framed, offset);
  const auto attributes = tree.first();
  if (!attributes.is_list() && !attributes.is_nil()) return std::nullopt;
  const auto delimiter = attributes.next();
  auto name = mailbox(delimiter.next(), is_extended_data, names);
  if (!name) return std::nullopt;
  ListData data;
  data.lsub = lsub;
  data.attributes = flag_list(attributes);
  if (delimiter.text().size() == 1) data.delimiter = delimiter.text();
  data.mailbox = *std::move(name);
  return data;
}

// mailbox-data =/ "STATUS" SP mailbox SP "(" [status-att-list] ")"
std::optional<StatusData> parse_status_data(const FramedResponse& framed,
                                            std::size_t offset,
                                            NameEncoding names) {
  const ValueTree tree(framed, offset);
  const auto name = tree.first();
  auto found = mailbox(name, is_status_items, names);
  Value items;
  for (auto at = name.next(); !at.absent(); at = at.next()) {
    if (at.is_list()) items = at;
  }
  if (!found || items.absent()) return std::nullopt;

  StatusData data;
  data.mailbox = *std::move(found);
  struct Item {
    std::string_view name;
    std::optional<std::uint64_t>* into;
  };
  const Item known[] = {{"MESSAGES", &data.messages},
                        {"RECENT", &data.recent},
                        {"UNSEEN", &data.unseen},
                        {"UIDNEXT", &data.uidnext},
                        {"UIDVALIDITY", &data.uidvalidity},
                        {"SIZE", &data.size},
                        {"DELETED", &data.deleted},
                        {"HIGHESTMODSEQ", &data.highest_modseq}};
  for (auto key = items.first(); !key.absent();) {
    const auto value = key.next();
    for (const auto& item : known) {
      if (iequals(key.text(), item.name))
        *item.into = parse_number(value.text());
    }
    key = value.next();
  }
  // RFC 3501 has no UIDNEXT and no UIDVALIDITY of 0: unknown.
  if (data.uidnext == 0U) data.uidnext.reset();
  if (data.uidvalidity == 0U) data.uidvalidity.reset();
  return data;
}

// "SEARCH" *(SP nz-number) ["(" "MODSEQ" SP mod-sequence-value ")"]
// Read without a ValueTree: one line may bring a million numbers.
static SearchData parse_numbers(std::string_view numbers, bool keep_order) {
  SearchData data;
  std::vector<Range> ranges;
  while (!numbers.empty()) {
    if (is_blank(numbers[0])) {
      numbers.remove_prefix(1);
      continue;
    }
    if (numbers[0] == '(') break;
    const auto word = numbers.substr(0, numbers.find(' '));
    numbers.remove_prefix(word.size());
    const auto number = nz_number(word);
    if (!number || *number == kStar) {
      data.malformed = true;
      continue;
    }
    if (keep_order) data.order.push_back(*number);
    if (!ranges.empty() && ranges.back().last + 1 == *number) {
      ranges.back().last = *number;
    } else {
      ranges.push_back({*number, *number});
    }
  }
  data.numbers = SequenceSet(std::move(ranges));
  return data;
}

SearchData parse_search(std::string_view numbers) {
  return parse_numbers(numbers, false);
}

// "SORT" *(SP nz-number)                               ; RFC 5256 section 5
SearchData parse_sort(std::string_view numbers) {
  return parse_numbers(numbers, true);
}

// esearch-response = "ESEARCH" [search-correlator] [SP "UID"]
//                    *(SP search-return-data)          ; RFC 9051 section 9
SearchData parse_esearch(const FramedResponse& framed, std::size_t offset) {
  const ValueTree tree(framed, offset);
  SearchData data;
  data.extended = true;
  auto at = tree.first();
  if (at.is_list()) {
    data.tag = at.first().next().text();
    at = at.next();
  }
  if (iequals(at.text(), "UID")) at = at.next();
  while (!at.absent()) {
    const auto name = at;
    const auto value = at.next();
    if (iequals(name.text(), "ALL")) {
      auto set = parse_sequence_set(value.text());
      data.malformed = !set || set->open_ended();
      if (set) data.numbers = *std::move(set);
    } else if (iequals(name.text(), "COUNT")) {
      data.count = parse_number(value.text(), UINT32_MAX);
      data.malformed = data.malformed || !data.count;
    } else if (iequals(name.text(), "MIN")) {
      data.min = nz_number(value.text());
    } else if (iequals(name.text(), "MAX")) {
      data.max = nz_number(value.text());
    }
    at = value.next();
  }
  return data;
}

// expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids ; RFC 7162
std::optional<VanishedData> parse_vanished(const FramedResponse& framed,
                                           std::size_t offset) {
  const ValueTree tree(framed, offset);
  auto at = tree.first();
  VanishedData data;
  if (at.is_list()) {
    data.earlier = iequals(at.first().text(), "EARLIER");
    at = at.next();
  }
  auto uids = parse_sequence_set(at.text());
  if (!uids) return std::nullopt;
  data.uids = *std::move(uids);
  return data;
}

}  // namespace mailtool::imap
