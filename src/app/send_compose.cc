#include "app/send_compose.h"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <optional>

#include "app/ascii_domain.h"
#include "app/cid_source.h"
#include "app/file_source.h"
#include "app/media_type_by_content.h"
#include "app/output.h"
#include "app/peeked_source.h"
#include "app/qualify.h"
#include "app/send_envelope.h"
#include "app/sender_identity.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/composer.h"
#include "mailtool/mime/message_id.h"

namespace mailtool::app {
namespace {

/// FILE[;type=T][;name=N]
struct FileSpec {
  std::string path;
  std::string media_type;
  std::string name;
};

Result<FileSpec> parse_file_spec(const std::string& text,
                                 std::string_view option) {
  FileSpec spec;
  spec.path = text;
  std::error_code ignored;
  // A file whose name holds ";" is that file.
  if (!std::filesystem::exists(text, ignored)) {
    const auto pieces = split(text, ';');
    spec.path = std::string(pieces[0]);
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      const auto piece = trim(pieces[i]);
      if (piece.starts_with("type=")) {
        spec.media_type = piece.substr(5);
      } else if (piece.starts_with("name=")) {
        spec.name = piece.substr(5);
      } else {
        return Error{ErrorKind::usage,
                     "'" + printable(piece, 100) +
                         "' is neither type=TYPE nor name=NAME",
                     "--" + std::string(option)};
      }
    }
  }
  if (spec.name.empty()) {
    spec.name = std::filesystem::path(spec.path).filename().string();
  }
  return spec;
}

Result<mime::AddressList> addresses(const OptionValues& options,
                                    std::string_view name) {
  mime::AddressList all;
  for (const auto& text : options.all(name)) {
    auto list = mime::read_address_list(text, "--" + std::string(name));
    if (!list) return std::move(list).error();
    const auto base = all.mailboxes.size();
    for (auto& mailbox : list->mailboxes) {
      all.mailboxes.push_back(std::move(mailbox));
    }
    for (auto& group : list->groups) {
      all.groups.push_back({group.name, base + group.begin, base + group.end});
    }
  }
  return all;
}

// So that an identifier fits on a line with the name of its field.
constexpr std::size_t kMaxId = 900;

// --in-reply-to: identifiers, a single one with or without its brackets.
Result<std::string> replied_to(const std::string& given) {
  std::string text(trim(given));
  if (text.empty()) return text;
  if (!text.starts_with('<')) text = "<" + text + ">";
  std::vector<std::string> ids;
  mime::DefectSet defects;
  mime::parse_message_ids(text, ids, &defects);
  const bool fit = is_ascii(text) && defects.empty() && !ids.empty() &&
                   std::all_of(ids.begin(), ids.end(), [](const auto& id) {
                     return id.size() <= kMaxId;
                   });
  if (fit) return text;
  return Error{ErrorKind::usage,
               "'" + printable(given, 100) + "' is no message identifier",
               "--in-reply-to", "",
               "give the Message-ID of the message that is answered: ID@HOST"};
}

/// Builds one Composition; the files it opens live as long as it does.
class Builder {
 public:
  explicit Builder(const Invocation& invocation)
      : invocation_(invocation), options_(invocation.options) {}

  Result<OutgoingMessage> build() {
    for (auto step : {&Builder::addressees, &Builder::fields, &Builder::texts,
                      &Builder::files, &Builder::inline_files,
                      &Builder::drop_empty_text}) {
      if (auto done = (this->*step)(); !done) return std::move(done).error();
    }
    OutgoingMessage message;
    composition_.binary_attachments = options_.has("binary");
    auto spool = std::make_unique<store::Spool>(temporary_folder());
    auto composed = mime::compose(composition_, *spool);
    if (!composed) return std::move(composed).error();
    const auto needs = composed->utf8_headers ? smtp::Body::eight_bit_mime
                                              : smtp::Body::seven_bit;
    message.content = std::make_unique<MessageContent>(
        std::move(spool), std::max(needs, body_of(composed->form)));
    message.from_domain =
        domain_or_localhost(composition_.from.mailboxes[0].address);
    message.needs_smtputf8 = composed->utf8_headers;
    message.message_id = composition_.message_id;
    message.subject = composition_.subject;
    message.envelope_from = sender_;
    for (const auto* list :
         {&composition_.to, &composition_.cc, &composition_.bcc}) {
      for (const auto& mailbox : list->mailboxes) {
        message.recipients.push_back(mailbox.address);
      }
    }
    auto complete = complete_envelope(options_, message);
    if (!complete) return std::move(complete).error();
    return message;
  }

 private:
  Result<void> addressees() {
    struct Row {
      std::string_view option;
      mime::AddressList* list;
    };
    for (const auto& [option, list] :
         {Row{"from", &composition_.from}, Row{"reply-to", &composition_.reply_to},
          Row{"to", &composition_.to}, Row{"cc", &composition_.cc},
          Row{"bcc", &composition_.bcc}}) {
      auto read = addresses(options_, option);
      if (!read) return std::move(read).error();
      *list = std::move(*read);
    }
    for (const auto& argument : invocation_.arguments) {
      auto read = mime::read_address_list(argument, "recipient");
      if (!read) return std::move(read).error();
      for (auto& mailbox : read->mailboxes) {
        composition_.to.mailboxes.push_back(std::move(mailbox));
      }
    }
    if (auto found = find_sender(); !found) return found;
    auto domain = domain_option(options_);
    if (!domain) return std::move(domain).error();
    for (auto* list : {&composition_.from, &composition_.sender,
                       &composition_.reply_to, &composition_.to,
                       &composition_.cc, &composition_.bcc}) {
      qualify(*list, *domain);
      make_domains_ascii(*list);
    }
    return {};
  }

  // From: --from or the account's, else the user name where it is an address.
  Result<void> find_sender() {
    auto& from = composition_.from.mailboxes;
    if (from.empty()) {
      const auto user = options_.get_or("user", "");
      if (user.find('@') != user.npos) from.push_back({"", user});
    }
    if (from.empty()) {
      return Error{ErrorKind::usage, "no sender", "", "",
                   "give --from ADDR, or set `from` in the account"};
    }
    if (from.size() > 1) composition_.sender.mailboxes.push_back(from[0]);
    sender_ = from[0].address;
    if (const auto given = options_.get("envelope-from")) {
      auto sender = read_envelope_from(*given);
      if (!sender) return std::move(sender).error();
      sender_ = std::move(*sender);
    }
    return {};
  }

  Result<void> fields() {
    composition_.subject = options_.get_or("subject", "");
    auto replied = replied_to(options_.get_or("in-reply-to", ""));
    if (!replied) return std::move(replied).error();
    composition_.in_reply_to = std::move(*replied);
    for (const auto& text : options_.all("header")) {
      const auto colon = text.find(':');
      if (colon == text.npos) {
        return Error{ErrorKind::usage,
                     "'" + printable(text, 100) + "' is not 'Name: value'",
                     "--header"};
      }
      auto name = text.substr(0, colon);
      const auto value = trim(std::string_view(text).substr(colon + 1));
      auto written = mime::holds_addresses(name) ? with_ascii_domains(value)
                                                 : std::string(value);
      composition_.extra.push_back({std::move(name), std::move(written)});
    }
    const auto token = unique_token();
    const auto& address = composition_.from.mailboxes[0].address;
    composition_.date = mime::format_date_time(local_now());
    composition_.message_id = mime::make_message_id(
        token, domain_or_localhost(address));
    composition_.random_token = unique_token();
    return {};
  }

  Result<void> texts() {
    if (const auto text = options_.get("body")) {
      body_ = *text + "\n";
      body_source_.emplace(body_);
      composition_.text = &*body_source_;
    } else {
      const bool html_alone =
          options_.has("html") && !options_.has("body-file") &&
          (invocation_.stdin_is_terminal || options_.get("html") == "-");
      if (!html_alone) {
        const auto path = options_.get_or("body-file", "-");
        if (path == "-" && invocation_.stdin_is_terminal &&
            !invocation_.quiet()) {
          warn("send", "type the text; end it with Ctrl-D");
        }
        auto opened = open(path);
        if (!opened) return std::move(opened).error();
        composition_.text = *opened;
        text_of_stdin_ = path == "-";
      }
    }
    if (const auto path = options_.get("html")) {
      auto opened = open(*path);
      if (!opened) return std::move(opened).error();
      composition_.html = *opened;
    }
    return {};
  }

  Result<void> files() {
    composition_.type_by_content =
        [magic = std::make_shared<MediaTypeByContent>()](std::string_view head) {
          return (*magic)(head);
        };
    for (const auto& text : options_.all("attach")) {
      auto file = attachment(text, "attach");
      if (!file) return std::move(file).error();
      composition_.attachments.push_back(std::move(*file));
    }
    return {};
  }

  // The HTML says cid:logo.png; an identifier is "unique" "@" and more (RFC 2045
  // section 7), so both get the same one. A name with "@" is one already.
  Result<void> inline_files() {
    if (!options_.has("inline")) return {};
    if (!options_.has("html")) {
      return Error{ErrorKind::usage, "is for the HTML version: give --html FILE",
                   "--inline"};
    }
    const auto token = unique_token();
    CidSource::Names ids;
    for (const auto& text : options_.all("inline")) {
      auto file = attachment(text, "inline");
      if (!file) return std::move(file).error();
      const auto& name = file->file_name;
      file->content_id =
          name.find('@') == name.npos ? name + "@" + token : name;
      if (!ids.emplace(name, file->content_id).second) {
        return Error{ErrorKind::usage,
                     "two files are named '" + printable(name, 100) + "'",
                     "--inline", "", "name one of them with ;name=NAME"};
      }
      composition_.inline_parts.push_back(std::move(*file));
    }
    referring_.emplace(*composition_.html, std::move(ids));
    composition_.html = &*referring_;
    return {};
  }

  // Under cron stdin is there, and empty: HTML then goes alone.
  Result<void> drop_empty_text() {
    if (!text_of_stdin_ || composition_.html == nullptr) return {};
    peeked_.emplace(*composition_.text);
    auto empty = peeked_->empty();
    if (!empty) return std::move(empty).error();
    composition_.text = *empty ? nullptr : &*peeked_;
    return {};
  }

  Result<mime::Attachment> attachment(const std::string& text,
                                      std::string_view option) {
    auto spec = parse_file_spec(text, option);
    if (!spec) return std::move(spec).error();
    auto opened = open(spec->path);
    if (!opened) return std::move(opened).error();
    mime::Attachment file{*opened, spec->name, spec->media_type, ""};
    std::error_code ignored;
    if (std::filesystem::is_regular_file(spec->path, ignored)) {
      file.again = [path = spec->path]() -> Result<std::unique_ptr<Source>> {
        auto again = FileSource::open(path);
        if (!again) return std::move(again).error();
        return {std::make_unique<FileSource>(std::move(*again))};
      };
    }
    return file;
  }

  Result<Source*> open(const std::string& path) {
    if (path == "-") {
      if (stdin_taken_) {
        return Error{ErrorKind::usage, "stdin can be read only once", "-"};
      }
      stdin_taken_ = true;
    }
    auto source = FileSource::open(path);
    if (!source) return std::move(source).error();
    sources_.push_back(std::move(*source));
    return static_cast<Source*>(&sources_.back());
  }

  const Invocation& invocation_;
  const OptionValues& options_;
  mime::Composition composition_;
  std::string sender_;
  std::string body_;
  std::optional<StringSource> body_source_;
  std::deque<FileSource> sources_;  // a deque never moves what it holds
  std::optional<CidSource> referring_;
  std::optional<PeekedSource> peeked_;
  bool stdin_taken_ = false;
  bool text_of_stdin_ = false;
};

}  // namespace

Result<OutgoingMessage> compose_message(const Invocation& invocation) {
  return Builder(invocation).build();
}

}  // namespace mailtool::app
