#include "serve/imap_status.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mailtool/base/ascii.h"
#include "serve/imap_mailbox_name.h"

namespace mailtool::serve {
namespace {

constexpr std::array<std::pair<std::string_view, StatusItem>, 9> kItems{{
    {"MESSAGES", StatusItem::messages},
    {"UIDNEXT", StatusItem::uidnext},
    {"UIDVALIDITY", StatusItem::uidvalidity},
    {"UNSEEN", StatusItem::unseen},
    {"DELETED", StatusItem::deleted},
    {"SIZE", StatusItem::size},
    {"APPENDLIMIT", StatusItem::append_limit},
    {"HIGHESTMODSEQ", StatusItem::highest_modseq},
    {"RECENT", StatusItem::recent},
}};

std::uint64_t without(const Mailbox& mailbox, Flags flag) {
  const auto& all = mailbox.messages();
  return static_cast<std::uint64_t>(std::count_if(
      all.begin(), all.end(),
      [flag](const MailboxMessage& one) { return (one.flags & flag) == 0; }));
}

std::uint64_t value_of(StatusItem item, Mailbox& mailbox,
                       std::uint64_t append_limit) {
  const auto& all = mailbox.messages();
  switch (item) {
    case StatusItem::messages: return all.size();
    case StatusItem::uidnext: return mailbox.uidnext();
    case StatusItem::uidvalidity: return mailbox.uidvalidity();
    case StatusItem::unseen: return without(mailbox, kSeen);
    case StatusItem::deleted: return all.size() - without(mailbox, kDeleted);
    case StatusItem::size: {
      std::uint64_t octets = 0;
      for (const auto& one : all) octets += one.octets;
      return octets;
    }
    case StatusItem::append_limit: return append_limit;
    case StatusItem::highest_modseq: return mailbox.highest_modseq();
    case StatusItem::recent: return 0;
  }
  return 0;  // unreachable; keeps g++ -Wreturn-type quiet
}

std::string_view name_of(StatusItem item) {
  return std::find_if(kItems.begin(), kItems.end(),
                      [item](const auto& one) { return one.second == item; })
      ->first;
}

}  // namespace

// status-att = "MESSAGES" / "UIDNEXT" / "UIDVALIDITY" / "UNSEEN" / "DELETED" /
//              "SIZE" / "APPENDLIMIT" / "HIGHESTMODSEQ" ; RECENT of RFC 3501
std::optional<std::vector<StatusItem>> parse_status_items(imap::Value list,
                                                          bool rev2) {
  if (!list.is_list()) return std::nullopt;
  std::vector<StatusItem> items;
  for (auto at = list.first(); !at.absent(); at = at.next()) {
    const auto known = std::find_if(
        kItems.begin(), kItems.end(),
        [&](const auto& one) { return iequals(one.first, at.text()); });
    if (known == kItems.end()) return std::nullopt;
    if (rev2 && known->second == StatusItem::recent) return std::nullopt;
    if (std::find(items.begin(), items.end(), known->second) == items.end()) {
      items.push_back(known->second);
    }
  }
  if (items.empty()) return std::nullopt;
  return items;
}

void put_status(std::string& out, std::string_view name,
                imap::NameEncoding encoding,
                const std::vector<StatusItem>& items, Mailbox& mailbox,
                std::uint64_t append_limit) {
  out += "* STATUS ";
  put_mailbox_name(out, name, encoding);
  const char* before = " (";
  for (const auto item : items) {
    out += before;
    out += name_of(item);
    out += " " + std::to_string(value_of(item, mailbox, append_limit));
    before = " ";
  }
  out += ")\r\n";
}

}  // namespace mailtool::serve
