// mailtool imap get: messages, or parts of them, streamed.

#include <filesystem>
#include <memory>
#include <utility>

#include "app/lf_sink.h"
#include "app/imap_verbs.h"
#include "app/imap_what.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/transfer_encoding.h"
#include "mailtool/store/atomic_file.h"

namespace mailtool::app {
namespace {

struct Piece {
  enum class Kind : std::uint8_t { whole, headers, part, text };
  Kind kind = Kind::whole;
  client::BodyQuestion question;
  std::string suffix = ".eml";  ///< of file names
};

// number = 1*DIGIT *("." 1*DIGIT): a part as BODY[2.1] names it.
bool is_part_id(std::string_view text) {
  for (const auto number : split(text, '.')) {
    const auto value = parse_number(number, 100'000);
    if (!value || *value == 0) return false;
  }
  return text.size() <= 200;
}

Result<Piece> chosen_piece(const Invocation& invocation) {
  const auto& options = invocation.options;
  Piece piece;
  piece.question.mark_seen = options.has("mark-seen");
  if (options.has("headers")) {
    piece.kind = Piece::Kind::headers;
    piece.question.section = "HEADER";
    piece.suffix = ".headers";
  } else if (options.has("text")) {
    piece.kind = Piece::Kind::text;
    piece.suffix = ".txt";
  } else if (const auto part = options.get("part")) {
    if (!is_part_id(*part)) {
      return Error{ErrorKind::usage, "not a part, as 2.1",
                   "--part " + printable(*part, 60)};
    }
    piece.kind = Piece::Kind::part;
    piece.question.section = *part;
    piece.suffix = ".part-" + *part;
  }
  if (const auto bytes = options.get("bytes")) {
    const auto colon = bytes->find(':');
    const auto offset = parse_number(bytes->substr(0, colon), UINT32_MAX);
    const auto length =
        colon == bytes->npos
            ? std::nullopt
            : parse_number(bytes->substr(colon + 1), UINT32_MAX);
    if (!offset || !length || *length == 0) {
      return Error{ErrorKind::usage, "not OFFSET:LENGTH",
                   "--bytes " + printable(*bytes, 60)};
    }
    piece.question.offset = *offset;
    piece.question.length = *length;
  }
  return piece;
}

// No octet that means something to a file system, and no name that begins with
// a dot. Reversible, so that two folders never share a name.
std::string file_name(const std::string& folder, std::uint32_t uid,
                      const std::string& suffix) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string name;
  for (const char c : folder) {
    const bool plain = !is_control(c) && c != '/' && c != '%' && c != '\\' &&
                       !(c == '.' && name.empty());
    if (plain) {
      name += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    name += '%';
    name += kHex[octet >> 4];
    name += kHex[octet & 15];
  }
  return name + "-" + std::to_string(uid) + suffix;
}

class Getter {
 public:
  Getter(const Invocation& invocation, ImapSession& session, Piece piece,
         Output& out)
      : session_(session),
        piece_(std::move(piece)),
        out_(out),
        directory_(invocation.options.get("output")) {}

  Result<void> get(const imap::MailboxName& folder, std::uint32_t uid) {
    if (!directory_) return write(uid, out_);
    const auto path = std::filesystem::path(*directory_) /
                      file_name(folder.utf8, uid, piece_.suffix);
    auto file = store::AtomicFile::create(path.string());
    if (!file) return std::move(file).error();
    if (auto wrote = write(uid, *file); !wrote) return wrote;
    return file->commit();
  }

 private:
  Result<void> write(std::uint32_t uid, Sink& to) {
    if (piece_.kind == Piece::Kind::part || piece_.kind == Piece::Kind::text) {
      return write_part(uid, to);
    }
    LfSink lines(to);
    auto got = session_.client().fetch_body(uid, piece_.question, lines);
    if (!got) return std::move(got).error();
    return lines.finish();
  }

  Result<imap::BodyPart> describe(std::uint32_t uid) {
    client::FetchItems items;
    items.flags = false;
    items.body_structure = true;
    std::optional<imap::BodyStructure> structure;
    auto seen =
        session_.client().fetch(imap::SequenceSet({{uid, uid}}), items,
                                [&](imap::FetchData& message) -> Result<void> {
                                  structure = std::move(message.body_structure);
                                  return {};
                                });
    if (!seen) return std::move(seen).error();
    if (!structure) {
      return Error{ErrorKind::no_such_item, "no such message"};
    }
    const imap::BodyPart* part = nullptr;
    if (piece_.kind == Piece::Kind::part) {
      part = structure->find(piece_.question.section);
    } else {
      for (const auto& one : structure->parts) {
        const bool readable = one.type == "text" && one.subtype == "plain" &&
                              one.disposition != "attachment";
        if (readable && part == nullptr) part = &one;
      }
    }
    if (part != nullptr) return *part;
    return Error{ErrorKind::no_such_item,
                 piece_.kind == Piece::Kind::part
                     ? "no part " + piece_.question.section
                     : "no part in plain text"};
  }

  Result<void> write_part(std::uint32_t uid, Sink& to) {
    auto part = describe(uid);
    if (!part) return std::move(part).error();
    LfSink lines(to);
    const auto charset = part->parameter("charset");
    mime::CharsetDecoder utf8(charset, lines);
    const bool as_text = piece_.kind == Piece::Kind::text;
    const bool is_text = part->type == "text";
    Sink& behind = as_text   ? static_cast<Sink&>(utf8)
                   : is_text ? static_cast<Sink&>(lines)
                             : to;
    auto decoder = mime::make_decoder(
        mime::parse_transfer_encoding(part->encoding), behind);
    auto question = piece_.question;
    question.section = part->id;
    // A slice of encoded octets decodes to nothing sensible.
    Sink& front = question.offset ? to : static_cast<Sink&>(*decoder);
    auto got = session_.client().fetch_body(uid, question, front);
    if (!got) return std::move(got).error();
    if (question.offset) return {};
    if (auto done = decoder->finish(); !done) return done;
    if (as_text) {
      if (auto done = utf8.finish(); !done) return done;
    }
    return lines.finish();
  }

  ImapSession& session_;
  Piece piece_;
  Output& out_;
  std::optional<std::string> directory_;
};

bool is_one_uid(const What& what) {
  return what.uids && what.uids->count() == 1 && !what.uids->open_ended() &&
         what.folders.size() == 1;
}

Result<void> make_directory(const Invocation& invocation) {
  const auto directory = invocation.options.get("output");
  if (!directory) return {};
  std::error_code failed;
  std::filesystem::create_directories(*directory, failed);
  if (!failed) return {};
  return Error{ErrorKind::cannot_create, failed.message(),
               "--output " + printable(*directory)};
}

// One message by its UID: SELECT and FETCH in one flight.
Result<void> get_one(ImapSession& session, const What& what, bool mark_seen,
                     Getter& getter) {
  auto folder = session.folder(what.folders.front());
  if (!folder) return std::move(folder).error();
  auto& client = session.client();
  if (auto begun = client.begin_select(*folder, !mark_seen); !begun) {
    return begun;
  }
  auto got = getter.get(*folder, what.uids->ranges().front().first);
  // A failed SELECT is why the rest was refused; where the session is lost,
  // there is nothing more to ask.
  const bool answered = got || !got.error().server_said.empty() ||
                        got.error().kind == ErrorKind::no_such_item;
  if (!answered || (!got && got.error().kind == ErrorKind::disconnected)) {
    return got;
  }
  auto opened = client.finish_select();
  if (!opened) return std::move(opened).error();
  return got;
}

Result<ExitStatus> get_all(const Invocation& invocation, ImapSession& session,
                           const What& what, Getter& getter) {
  const bool mark_seen = invocation.options.has("mark-seen");
  auto folders = targets(session, what);
  if (!folders) return std::move(folders).error();
  auto status = ExitStatus::ok;
  std::uint64_t to_stdout = 0;
  for (const auto& target : *folders) {
    auto found = find(session, what, target, !mark_seen);
    if (!found) return std::move(found).error();
    to_stdout += found->count;
    if (to_stdout > 1 && !invocation.options.has("output")) {
      return Error{ErrorKind::usage,
                   std::to_string(found->count) +
                       " messages match; several go to --output DIR"};
    }
    for (const auto& range : found->uids.ranges()) {
      for (std::uint64_t uid = range.first; uid <= range.last; ++uid) {
        auto got = getter.get(found->folder, static_cast<std::uint32_t>(uid));
        if (got) continue;
        auto error = session.at_server(std::move(got).error());
        if (error.kind != ErrorKind::no_such_item) return error;
        // One message that has gone does not stop the others.
        report_error("imap", error);
        status = combine(status, exit_status(error.kind));
      }
    }
    if (found->count == 0) {
      return Error{ErrorKind::no_such_item, "no message matches"};
    }
  }
  return status;
}

}  // namespace

Result<ExitStatus> imap_get(const Invocation& invocation, const Words& words,
                            Output& out) {
  if (words.size() != 1) return Error{ErrorKind::usage, "get takes one WHAT"};
  auto piece = chosen_piece(invocation);
  if (!piece) return std::move(piece).error();
  auto what = parse_what(invocation, words[0]);
  if (!what) return std::move(what).error();
  if (auto made = make_directory(invocation); !made) return made.error();
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  const bool mark_seen = piece->question.mark_seen;
  Getter getter(invocation, **session, *std::move(piece), out);
  if (!is_one_uid(*what)) return get_all(invocation, **session, *what, getter);
  auto got = get_one(**session, *what, mark_seen, getter);
  if (!got) return (*session)->at_server(std::move(got).error());
  return ExitStatus::ok;
}

}  // namespace mailtool::app
