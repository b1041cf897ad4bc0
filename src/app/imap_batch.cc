// mailtool imap batch: many verbs over one connection.

#include <utility>

#include "app/file_source.h"
#include "app/imap_batch_lines.h"
#include "app/imap_session_owner.h"
#include "app/imap_verbs.h"
#include "app/json.h"
#include "app/program.h"
#include "app/report_place.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// The words of a line, made an Invocation; errors name the line.
Result<Invocation> read_line(const Invocation& batch, const std::string& text,
                             const std::string& where) {
  auto words = split_words(text);
  if (!words) return std::move(words).error().at(where);
  auto line = batch.read_line(*std::move(words));
  if (!line) {
    auto error = std::move(line).error();
    error.step = error.step.empty() ? where : where + ": " + error.step;
    return error;
  }
  if (!line->arguments.empty() && line->arguments.front() == "batch") {
    return Error{ErrorKind::usage, "a batch within a batch", where};
  }
  return line;
}

class Batch {
 public:
  Batch(const Invocation& invocation, std::string name, Output& out)
      : invocation_(invocation),
        name_(std::move(name)),
        owner_(invocation),
        out_(out) {}

  /// Every line before the first one is run: a slip of the pen in the last
  /// line must not leave the work half done.
  Result<void> check(Source& source) {
    BatchLines lines(source);
    while (true) {
      auto text = lines.next();
      if (!text) return std::move(text).error().at(where(lines.number()));
      if (!*text) return {};
      auto line = read_line(invocation_, **text, where(lines.number()));
      if (!line) return std::move(line).error();
    }
  }

  /// Fails where no line can be run any more.
  Result<ExitStatus> run(Source& source) {
    BatchLines lines(source);
    while (true) {
      auto text = lines.next();
      if (!text) return std::move(text).error().at(where(lines.number()));
      if (!*text) return finish();
      auto status = run_line(**text, lines.number());
      if (!status) return std::move(status).error();
      status_ = combine(status_, *status);
      if (!went_well(*status)) ++failed_;
      if (auto told = tell(lines.number(), *status); !told) {
        return std::move(told).error();
      }
      const bool stop =
          !went_well(*status) && !invocation_.options.has("keep-going");
      if (stop || owner_.out_of_reach()) return finish();
    }
  }

 private:
  // A search that finds nothing has not failed.
  static bool went_well(ExitStatus status) {
    return status == ExitStatus::ok || status == ExitStatus::no_match;
  }

  [[nodiscard]] std::string where(std::size_t number) const {
    return name_ + ":" + std::to_string(number);
  }

  Result<ExitStatus> run_line(const std::string& text, std::size_t number) {
    ++lines_;
    const auto here = where(number);
    auto line = read_line(invocation_, text, here);
    if (!line) return report(std::move(line).error());
    line->imap_sessions = &owner_;
    const ReportPlace place(here);
    auto done = run_imap_verb(*line, out_);
    if (auto flushed = out_.flush(); !flushed) return flushed.error();
    if (done) return done;
    if (done.error().kind != ErrorKind::interrupted) {
      return report(done.error());
    }
    auto error = std::move(done).error();
    error.step = error.step.empty() ? here : here + ": " + error.step;
    return error;
  }

  static ExitStatus report(const Error& error) {
    report_error("imap", error);
    return exit_status(error.kind);
  }

  // A program that writes the lines learns that one is done.
  Result<void> tell(std::size_t number, ExitStatus status) {
    if (!invocation_.json()) return {};
    JsonWriter json(out_);
    json.begin_object().field("type", "line");
    json.field("line", std::uint64_t{number});
    json.field("exit", static_cast<int>(status));
    if (auto wrote = json.end_object().end_line(); !wrote) return wrote;
    return out_.flush();
  }

  Result<ExitStatus> finish() {
    if (!invocation_.json()) return status_;
    JsonWriter json(out_);
    json.begin_object().field("type", "summary");
    json.field("exit", static_cast<int>(status_));
    json.field("lines", lines_).field("failed", failed_);
    if (auto wrote = json.end_object().end_line(); !wrote) {
      return wrote.error();
    }
    return status_;
  }

  const Invocation& invocation_;
  std::string name_;
  ImapSessionOwner owner_;
  Output& out_;
  ExitStatus status_ = ExitStatus::ok;
  std::uint64_t lines_ = 0;
  std::uint64_t failed_ = 0;
};

// A file that is checked and then read again; a pipe could change meanwhile.
constexpr std::size_t kMaxFile = 64 * 1024 * 1024;

Result<std::string> read_whole(const std::string& path) {
  auto file = FileSource::open(path);
  if (!file) return std::move(file).error();
  StringSink text(kMaxFile);
  if (auto read = copy_all(*file, text); !read) {
    return std::move(read).error().at(printable(path));
  }
  return text.take();
}

}  // namespace

Result<ExitStatus> imap_batch(const Invocation& invocation, const Words& words,
                              Output& out) {
  if (words.size() != 1) return Error{ErrorKind::usage, "batch takes one FILE"};
  if (!invocation.read_line) {
    return Error{ErrorKind::internal, "nobody reads the lines of a batch"};
  }
  if (words.front() == "-") {
    auto input = FileSource::take_stdin();
    if (!input) return std::move(input).error();
    return Batch(invocation, "stdin", out).run(*input);
  }
  const auto text = read_whole(words.front());
  if (!text) return text.error();
  Batch batch(invocation, printable(words.front(), 200), out);
  StringSource first(*text);
  if (auto checked = batch.check(first); !checked) return checked.error();
  StringSource second(*text);
  return batch.run(second);
}

}  // namespace mailtool::app
