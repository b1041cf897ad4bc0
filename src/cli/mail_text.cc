#include "cli/mail_text.h"

#include <unistd.h>

#include <string>
#include <utility>

#include "app/file_source.h"
#include "cli/locale_charset.h"
#include "cli/text_file.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/charset.h"

namespace mailtool::cli {
namespace {

using app::Invocation;

constexpr std::size_t kPieceOctets = 64 * 1024;

/// Passes lines on up to one with a dot alone.
class UntilDot : public Sink {
 public:
  explicit UntilDot(Sink& out) : out_(out) {}

  Result<void> write(std::string_view octets) override {
    while (!octets.empty() && !ended_) {
      const auto end = octets.find('\n');
      line_ += octets.substr(0, end == octets.npos ? end : end + 1);
      octets.remove_prefix(end == octets.npos ? octets.size() : end + 1);
      if (line_ == ".\n") {
        ended_ = true;
        line_.clear();
      } else if (line_.ends_with('\n') || line_.size() >= kPieceOctets) {
        if (auto written = finish(); !written) return written;
      }
    }
    return {};
  }
  /// What has no line end yet.
  Result<void> finish() { return out_.write(std::exchange(line_, {})); }
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  Sink& out_;
  std::string line_;
  bool ended_ = false;
};

// What stands before the first line end, which goes too.
Result<std::string> read_line(Source& terminal) {
  std::string line;
  char octet = 0;
  while (line.size() < kPieceOctets) {
    const auto count = terminal.read_some({&octet, 1});
    if (!count) return count.error();
    if (*count == 0 || octet == '\n') break;
    line += octet;
  }
  return line;
}

// As mail has always asked; on stderr, for stdout is for data.
Result<void> ask_for_subject(app::OptionValues& options) {
  auto terminal = app::FileSource::open("-");
  if (!terminal) return std::move(terminal).error();
  constexpr std::string_view kQuestion = "Subject: ";
  (void)!::write(STDERR_FILENO, kQuestion.data(), kQuestion.size());
  auto line = read_line(*terminal);
  if (!line) return std::move(line).error();
  if (has_line_break_or_nul(*line)) {
    return Error{ErrorKind::usage, "CR or NUL in the subject"};
  }
  if (!line->empty()) options.set("subject", {*line, "command line"});
  return {};
}

Result<void> read_terminal(Source& terminal, Sink& text) {
  UntilDot lines(text);
  std::string piece(kPieceOctets, '\0');
  while (!lines.ended()) {
    const auto count = terminal.read_some({piece.data(), piece.size()});
    if (!count) return count.error();
    if (*count == 0) return lines.finish();
    auto taken = lines.write(std::string_view(piece).substr(0, *count));
    if (!taken) return taken;
  }
  return {};
}

Result<void> read_all(Source& from, Sink& to) {
  std::string piece(kPieceOctets, '\0');
  for (;;) {
    const auto count = from.read_some({piece.data(), piece.size()});
    if (!count) return count.error();
    if (*count == 0) return {};
    auto written = to.write(std::string_view(piece).substr(0, *count));
    if (!written) return written;
  }
}

/// Forgets what it is given.
class Nowhere : public Sink {
 public:
  Result<void> write(std::string_view) override { return {}; }
};

// Reads stdin, which is UTF-8 or in `charset`, and puts it in UTF-8 back there.
Result<void> convert_stdin(const std::string& charset) {
  auto source = app::FileSource::open("-");
  if (!source) return std::move(source).error();
  auto converted = TextFile::make();
  if (!converted) return std::move(converted).error();
  mime::CharsetDecoder decoder(charset, *converted);
  if (auto read = read_all(*source, decoder); !read) return read;
  if (auto ended = decoder.finish(); !ended) return ended;
  return converted->become_stdin();
}

// stdin, as a file that can be read twice. True when it is UTF-8.
Result<bool> keep_stdin(bool is_terminal, bool& empty) {
  auto source = app::FileSource::open("-");
  if (!source) return std::move(source).error();
  auto text = TextFile::make();
  if (!text) return std::move(text).error();
  auto read =
      is_terminal ? read_terminal(*source, *text) : read_all(*source, *text);
  if (!read) return std::move(read).error();
  if (auto turned = text->become_stdin(); !turned) {
    return std::move(turned).error();
  }
  empty = text->empty();
  Nowhere nowhere;
  mime::CharsetDecoder decoder("", nowhere);
  if (auto decoded = read_all(*source, decoder); !decoded) {
    return std::move(decoded).error();
  }
  if (auto ended = decoder.finish(); !ended) return std::move(ended).error();
  (void)::lseek(STDIN_FILENO, 0, SEEK_SET);
  return decoder.findings().guessed == 0;
}

// "café" typed in a locale of ISO 8859-15 means the same as in one of UTF-8.
void convert_values(const std::string& charset, app::OptionValues& options) {
  for (const auto* name :
       {"subject", "header", "from", "to", "cc", "bcc", "reply-to"}) {
    const auto texts = options.all(name);
    const auto origin = options.origin(name);
    bool first = true;
    for (const auto& text : texts) {
      app::OptionValues::Value value{
          is_valid_utf8(text) ? text : mime::to_utf8(text, charset), origin};
      if (std::exchange(first, false)) {
        options.set(name, std::move(value));
      } else {
        options.add(name, std::move(value));
      }
    }
  }
}

}  // namespace

Result<MailText> take_mail_text(const PersonalityLine& line,
                                const app::Environment& environment,
                                Invocation& invocation) {
  auto& options = invocation.options;
  const auto charset = mime::canonical_charset(locale_charset(environment));
  const bool from_stdin =
      !options.has("body") && options.get_or("body-file", "-") == "-";
  const bool foreign = !charset.empty() && charset != "utf-8";
  const bool needed =
      invocation.stdin_is_terminal || line.no_empty_text || foreign;
  if (!from_stdin || !needed) {
    convert_values(std::string(charset), options);
    return MailText::ready;
  }
  const bool whole_message = options.has("read-recipients");
  if (invocation.stdin_is_terminal && !options.has("subject") &&
      !whole_message) {
    if (auto asked = ask_for_subject(options); !asked) {
      return std::move(asked).error();
    }
  }
  convert_values(std::string(charset), options);
  if (invocation.stdin_is_terminal && !invocation.quiet()) {
    app::warn("mail", "type the text; end it with Ctrl-D or a line of one dot");
  }
  bool empty = false;
  const auto utf8 = keep_stdin(invocation.stdin_is_terminal, empty);
  if (!utf8) return utf8.error();
  if (empty && line.no_empty_text) return MailText::nothing_to_send;
  if (empty && invocation.stdin_is_terminal && !invocation.quiet()) {
    app::warn("mail", "the message has no text");
  }
  invocation.stdin_is_terminal = false;
  if (!*utf8 && foreign) {
    if (auto done = convert_stdin(std::string(charset)); !done) {
      return std::move(done).error();
    }
  }
  return MailText::ready;
}

}  // namespace mailtool::cli
