/// \file
/// IMAP responses (RFC 9051 section 7; RFC 3501, 4315, 4731, 5161, 5258, 5819,
/// 5256, 6154, 7162, 8438, 8474, 8514, 8970). Pure syntax; what a response means is client/'s work.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mailtool/imap/body_structure.h"
#include "mailtool/imap/capability.h"
#include "mailtool/imap/envelope.h"
#include "mailtool/imap/mailbox_name.h"
#include "mailtool/imap/response_framer.h"
#include "mailtool/imap/sequence_set.h"
#include "mailtool/imap/thread.h"

namespace mailtool::imap {

enum class Status : std::uint8_t { ok, no, bad, bye, preauth };

/// "[UIDVALIDITY 7]": a name in upper case and what follows it.
struct ResponseCode {
  std::string name;
  std::string arguments;
  friend bool operator==(const ResponseCode&, const ResponseCode&) = default;
};

/// OK, NO, BAD, BYE, PREAUTH: tagged when `tag` is not empty.
struct StatusResponse {
  std::string tag;
  Status status = Status::ok;
  std::optional<ResponseCode> code;
  std::string text;

  [[nodiscard]] bool has_code(std::string_view name) const;
  /// "NO [TRYCREATE] no such mailbox": what is shown to the user, raw.
  [[nodiscard]] std::string shown() const;
  friend bool operator==(const StatusResponse&,
                         const StatusResponse&) = default;
};

struct Continuation {
  std::string text;
};
struct CapabilityData {
  Capabilities capabilities;
};
struct FlagsData {
  std::vector<std::string> flags;
};
/// LIST, LSUB, XLIST.
struct ListData {
  bool lsub = false;
  std::vector<std::string> attributes;  ///< "\HasNoChildren", "\Trash"
  std::string delimiter;                ///< one octet; "" where there is none
  MailboxName mailbox;
};
struct StatusData {
  MailboxName mailbox;
  std::optional<std::uint64_t> messages, recent, unseen, uidnext, uidvalidity,
      size, deleted, highest_modseq;
};
/// SEARCH, ESEARCH and SORT.
struct SearchData {
  SequenceSet numbers;
  bool malformed = false;  ///< something in it was no number: not all is there
  bool extended = false;
  std::string tag;  ///< ESEARCH: the command it answers; may be empty
  std::optional<std::uint64_t> count, min, max;
  std::vector<std::uint32_t> order;  ///< SORT: `numbers` as they came
};
struct ThreadData {
  std::vector<ThreadPlace> places;  ///< each thread whole, as it came
  bool malformed = false;           ///< not all is there
};
struct ExistsData {
  std::uint32_t count;
};
struct RecentData {
  std::uint32_t count;
};
struct ExpungeData {
  std::uint32_t sequence;
};
struct VanishedData {
  SequenceSet uids;
  bool earlier = false;
};

/// One BODY[…] or BODY[…]<n> of a FETCH.
struct FetchedSection {
  std::string section;  ///< upper case: "", "HEADER", "2.1", "2.MIME"
  std::optional<std::uint64_t> origin;
  std::optional<std::string> octets;  ///< nullopt for NIL and when streamed
  bool streamed = false;
  std::uint64_t size = 0;
};

/// One FETCH; what was not in it is nullopt. What was in it but could not be
/// read is nullopt and has a warning.
struct FetchData {
  std::uint32_t sequence = 0;
  std::optional<std::uint32_t> uid;
  std::optional<std::vector<std::string>> flags;
  std::optional<std::uint64_t> size;
  std::optional<std::string> internal_date;  ///< as the server wrote it
  std::optional<std::uint64_t> modseq;
  /// SAVEDATE (RFC 8514) as the server wrote it, PREVIEW (RFC 8970), EMAILID
  /// and THREADID (RFC 8474): "" for NIL.
  std::optional<std::string> save_date, preview, email_id, thread_id;
  std::optional<Envelope> envelope;
  std::optional<BodyStructure> body_structure;
  std::vector<FetchedSection> sections;
  std::vector<std::string> warnings;
  /// Items that came with no value that could be read, in upper case.
  std::vector<std::string> unreadable;
  /// It ended within a list or a string: the next line may be its rest.
  bool unfinished = false;
  /// Of the response: what bounds the memory that all of this takes.
  std::size_t octets = 0;

  /// False where more of `item` ("ENVELOPE") may come.
  [[nodiscard]] bool was_unreadable(std::string_view item) const;
  /// Takes over what `later` has of the same message.
  void merge(FetchData&& later);
};

/// ENABLED, ID, NAMESPACE, QUOTA, odd data: known to be framed, and no more.
struct OtherData {
  std::string name;  ///< upper case; "" for a line that is no response at all
  std::string raw;   ///< at most kMaxOther octets
  static constexpr std::size_t kMaxOther = 64 * 1024;
};

using Response =
    std::variant<StatusResponse, Continuation, CapabilityData, FlagsData,
                 ListData, StatusData, SearchData, ThreadData, ExistsData,
                 RecentData, ExpungeData, VanishedData, FetchData, OtherData>;

/// Reads one response. Never fails: what cannot be read as what it claims to be
/// is OtherData, so that no odd line can end a session. `names` is how the
/// session encodes mailboxes.
[[nodiscard]] Response parse_response(
    const FramedResponse& framed,
    NameEncoding names = NameEncoding::modified_utf7);

/// Reads a line that is no response of its own as more items of the FETCH of
/// message `sequence`, for servers that break the line within one.
[[nodiscard]] FetchData parse_fetch_rest(const FramedResponse& framed,
                                         std::uint32_t sequence);

/// "COPYUID 7 1:3 9:11" and "APPENDUID 7 9" (RFC 4315).
struct CopyUid {
  std::uint32_t uidvalidity = 0;
  SequenceSet source;
  SequenceSet target;
  /// Both were written in ascending order: the nth of one is the nth of the
  /// other.
  bool ascending = true;
};
/// nullopt unless `code` is a COPYUID with both sets, of equal and closed size.
[[nodiscard]] std::optional<CopyUid> parse_copy_uid(const ResponseCode& code);

/// Seconds since 1970 of "17-Jul-1996 02:44:25 -0700"; nullopt when it is none.
[[nodiscard]] std::optional<std::int64_t> parse_internal_date(
    std::string_view text);

}  // namespace mailtool::imap
