/// \file
/// KnownHeaders: what SEARCH asks of headers most often, found out once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "mailtool/mime/structure.h"
#include "mailtool/serve/mailbox.h"

namespace mailtool::serve {

/// The fields From, To, Cc, Bcc and Subject of one message, decoded, as
/// mime::collation_key() has them, and its Date.
class KnownHeader {
 public:
  /// 'F', 'T', 'C', 'B', 'S'; 0 for any other field.
  [[nodiscard]] static char tag_of(std::string_view field_name);
  /// Of the message itself.
  explicit KnownHeader(const mime::Structure& structure);

  /// `text` is as mime::collation_key() has it; an empty one is in every field.
  [[nodiscard]] bool contains(char tag, std::string_view text) const;
  /// The second that Date names, its zone aside; nullopt: it names none.
  [[nodiscard]] std::optional<std::int64_t> sent() const { return sent_; }
  [[nodiscard]] std::size_t octets() const;

 private:
  std::string lines_;  // a tag and a value each, ended by LF
  std::optional<std::int64_t> sent_;
};

class KnownHeadersOfAll;

/// Of the messages of one mailbox, which keep their UIDs.
class KnownHeaders {
 public:
  explicit KnownHeaders(KnownHeadersOfAll& all) : all_(all) {}
  KnownHeaders(const KnownHeaders&) = delete;
  KnownHeaders& operator=(const KnownHeaders&) = delete;
  ~KnownHeaders() { clear(); }

  /// nullptr: not known. Valid until the next keep() of any.
  [[nodiscard]] const KnownHeader* find(std::uint32_t uid) const;
  /// Unless it is large.
  void keep(std::uint32_t uid, KnownHeader header);
  void clear();

 private:
  KnownHeadersOfAll& all_;
  std::unordered_map<std::uint32_t, KnownHeader> by_uid_;
  std::size_t octets_ = 0;
};

/// Of all mailboxes that are open, at most kOctets together: those of the
/// mailbox that was searched longest ago go first.
class KnownHeadersOfAll {
 public:
  static constexpr std::size_t kOctets = std::size_t{64} * 1024 * 1024;

  /// Those that all sessions of a store share.
  static KnownHeadersOfAll& of(MailStore& store);
  /// Of a mailbox that is to be searched.
  std::shared_ptr<KnownHeaders> of(const std::shared_ptr<Mailbox>& mailbox);
  [[nodiscard]] std::size_t octets() const { return octets_; }

 private:
  friend class KnownHeaders;
  struct One {
    std::weak_ptr<Mailbox> mailbox;
    std::shared_ptr<KnownHeaders> headers;
  };
  void make_room();

  std::size_t octets_ = 0;
  std::list<One> searched_;  // the last one first
};

}  // namespace mailtool::serve
