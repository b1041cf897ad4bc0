#include "app/imap_get_part.h"

#include <utility>

#include "app/body_choice.h"
#include "app/imap_attachments_local.h"
#include "app/parse_text.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kPartsNamed = 20;

// "1 text/plain, 2 image/png": multiparts have no octets of their own.
std::string parts_of(const std::vector<PartRow>& rows) {
  std::string text;
  std::size_t count = 0;
  for (const auto& row : rows) {
    if (row.id.empty() || row.type.starts_with("multipart/")) continue;
    if (++count > kPartsNamed) return text + ", ...";
    text += (text.empty() ? "" : ", ") + printable(row.id, 60) + " " +
            printable(row.type, 60);
  }
  return text;
}

Error no_part(const PartWanted& wanted, const std::vector<PartRow>& rows) {
  const auto parts = parts_of(rows);
  return Error{
      ErrorKind::no_such_item,
      wanted.id.empty() ? "no part to read as text" : "no part " + wanted.id,
      "", "", parts.empty() ? "" : "its parts are " + parts};
}

/// Counts, so that what was refused before its first octet can be asked again.
class Counted : public Sink {
 public:
  explicit Counted(Sink& to) : to_(to) {}
  Result<void> write(std::string_view octets) override {
    count += octets.size();
    return to_.write(octets);
  }
  std::uint64_t count = 0;

 private:
  Sink& to_;
};

class PartGetter {
 public:
  PartGetter(client::ImapClient& client, std::uint32_t uid,
             const PartWanted& wanted, const client::BodyQuestion& question,
             Sink& out)
      : client_(client),
        uid_(uid),
        wanted_(wanted),
        question_(question),
        out_(out) {}

  Result<void> run() {
    client::FetchItems items;
    items.flags = false;
    items.body_structure = true;
    std::optional<imap::FetchData> message;
    auto seen = client_.fetch(imap::SequenceSet({{uid_, uid_}}), items,
                              [&](imap::FetchData& data) -> Result<void> {
                                message = std::move(data);
                                return {};
                              });
    if (!seen) return std::move(seen).error();
    if (!message) return Error{ErrorKind::no_such_item, "no such message"};
    if (!message->body_structure) return take_apart();
    const auto& structure = *message->body_structure;
    const auto rows = rows_of(structure);
    if (!wanted_.id.empty()) {
      const auto* part = structure.find(wanted_.id);
      // What the server could not put into words may be there all the same.
      if (part == nullptr && !message->warnings.empty()) return take_apart();
      if (part == nullptr) return no_part(wanted_, rows);
      return get(*part);
    }
    const auto texts = choose_body(rows).text;
    if (texts.empty()) return no_part(wanted_, rows);
    for (const auto index : texts) {
      if (index != texts.front()) {
        if (auto parted = out_.write("\n"); !parted) return parted;
      }
      auto got = get(structure.parts[index]);
      if (!got) return got;
    }
    return {};
  }

 private:
  Result<void> get(const imap::BodyPart& part) {
    const bool encoded =
        part.encoding == "base64" || part.encoding == "quoted-printable";
    const bool as_it_stands =
        wanted_.form == PartForm::encoded || wanted_.form == PartForm::slice;
    if (encoded && !as_it_stands) {
      auto offered = client_.offers("BINARY");
      if (!offered) return std::move(offered).error();
      if (*offered) {
        Counted counted(out_);
        auto got = get_as(part, true, counted);
        const bool refused = !got && counted.count == 0 &&
                             (got.error().kind == ErrorKind::unsupported ||
                              got.error().kind == ErrorKind::rejected);
        if (!refused) return got;
      }
    }
    return get_as(part, false, out_);
  }

  Result<void> get_as(const imap::BodyPart& part, bool binary, Sink& to) {
    auto question = question_;
    question.section = part.id;
    question.binary = binary;
    PartDecoder decoder(part, wanted_.form, binary, to);
    auto got = client_.fetch_body(uid_, question, decoder);
    if (!got) return std::move(got).error();
    return decoder.finish();
  }

  Result<void> take_apart() {
    if (wanted_.form == PartForm::slice) {
      return Error{ErrorKind::unsupported,
                   "the server's account of the message's parts cannot be "
                   "read: there are no slices of them"};
    }
    DownloadedMessage message;
    client::BodyQuestion whole;
    whole.mark_seen = question_.mark_seen;
    auto got = client_.fetch_body(uid_, whole, message.sink());
    if (!got) return std::move(got).error();
    return message.read([&](const ParsedMessage& parsed,
                            const std::vector<PartRow>& rows) -> Result<void> {
      if (wanted_.id.empty()) return write_text(parsed, rows, out_);
      const auto* row = find_row(rows, wanted_.id);
      if (row == nullptr) return no_part(wanted_, rows);
      return wanted_.form == PartForm::encoded
                 ? copy_raw(parsed, *row, out_)
                 : copy_decoded(parsed, *row, out_);
    });
  }

  client::ImapClient& client_;
  std::uint32_t uid_;
  const PartWanted& wanted_;
  const client::BodyQuestion& question_;
  Sink& out_;
};

}  // namespace

Result<void> get_part(client::ImapClient& client, std::uint32_t uid,
                      const PartWanted& wanted,
                      const client::BodyQuestion& question, Sink& out) {
  return PartGetter(client, uid, wanted, question, out).run();
}

}  // namespace mailtool::app
