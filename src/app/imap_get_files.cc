#include "app/imap_get_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "app/imap_collation.h"
#include "app/imap_get_partial.h"
#include "app/imap_mirror_name.h"
#include "app/imap_progress.h"
#include "app/imap_uid_chunks.h"
#include "app/lf_sink.h"
#include "app/output.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kHeaderOctets = 64 * 1024;
// Of the 255 octets of a name. The others are for the UID and the suffix, and
// for what a PartialMessage adds to them.
constexpr std::size_t kMostOfFolder = 160;
// What a server announces may be anything.
constexpr std::uint64_t kMostExpected = std::uint64_t{1} << 40;

/// One message on its way.
struct Download {
  std::uint32_t uid = 0;
  std::string name;
  std::optional<PartialMessage> partial;
  std::unique_ptr<PartialMessages::Writer> writer;
  std::unique_ptr<DownloadFolder::File> file;
  std::unique_ptr<LfSink> lines;
  std::unique_ptr<ProgressSink> counted;  // hands on to one of these
};

class Downloads : public client::BodyReceiver {
 public:
  Downloads(const FoundMessages& what, client::BodyQuestion question,
            std::string suffix, DownloadFolder& folder,
            FetchProgress& progress)
      : what_(what),
        question_(std::move(question)),
        suffix_(std::move(suffix)),
        folder_(folder),
        progress_(progress),
        partials_(folder),
        uids_(what.uids) {}

  std::optional<client::BodyRequest> next() override {
    Download download;
    if (!again_.empty()) {
      download.uid = again_.back();
      again_.pop_back();
    } else {
      while (download.uid == 0) {
        if (uids_.empty()) return std::nullopt;
        const auto uid = uids_.next(1).ranges().front().first;
        if (folder_.size_of(name_of(uid))) {
          there_.add(uid);
          progress_.message_came();
          // Left behind by a run that was killed when all but this was done.
          const auto stale = partials_.find(name_of(uid), what_.uidvalidity);
          if (stale) partials_.remove(*stale);
        } else {
          download.uid = uid;
        }
      }
    }
    download.name = name_of(download.uid);
    client::BodyRequest request;
    request.uid = download.uid;
    request.question = question_;
    if (is_whole()) {
      download.partial = partials_.find(download.name, what_.uidvalidity);
    }
    if (const auto& partial = download.partial) {
      request.size = true;
      request.question.offset = partial->have();
      request.question.length = partial->size() - partial->have();
    }
    downloads_.emplace(next_++, std::move(download));
    return request;
  }

  Result<Sink*> begin(std::size_t number, std::uint64_t size) override {
    auto& download = downloads_.at(number);
    auto to = open(download, size);
    if (!to) return to;
    // Of several, those that have begun tell nothing of the others.
    if (what_.count == 1) {
      progress_.expect(0, static_cast<std::int64_t>(
                              std::min(size, kMostExpected)));
    }
    download.counted = std::make_unique<ProgressSink>(**to, progress_);
    return download.counted.get();
  }

  Result<void> end(std::size_t number,
                   Result<client::BodyAnswer> answer) override {
    auto download = std::move(downloads_.at(number));
    downloads_.erase(number);
    const bool came = answer && (download.writer || download.file);
    if (came && download.partial) return settle(download, *answer);
    if (came) return finish(download);
    if (download.partial) partials_.remove(*download.partial);
    auto error = answer ? Error{ErrorKind::no_such_item, "nothing came"}
                        : std::move(answer).error();
    status = combine(status, exit_status(error.kind));
    error = std::move(error).at("UID " + std::to_string(download.uid));
    progress_.aside([&] { report_error("imap", error); });
    return {};
  }

  [[nodiscard]] const imap::SequenceSet& there() const { return there_; }
  [[nodiscard]] const std::vector<std::uint32_t>& came() const { return came_; }
  [[nodiscard]] std::string name_of(std::uint32_t uid) const {
    return message_file_name(what_.folder.utf8, uid, suffix_);
  }

  ExitStatus status = ExitStatus::ok;

 private:
  [[nodiscard]] bool is_whole() const { return question_.section.empty(); }

  Result<Sink*> open(Download& download, std::uint64_t size) {
    if (!download.partial && is_whole() &&
        size >= PartialMessages::kWorthKeeping) {
      download.partial =
          PartialMessages::begin(download.name, what_.uidvalidity, size);
    }
    if (download.partial) {
      auto writer = partials_.open(*download.partial);
      if (!writer) return std::move(writer).error();
      download.writer =
          std::make_unique<PartialMessages::Writer>(*std::move(writer));
      return download.writer.get();
    }
    if (auto made = make_file(download); !made) return std::move(made).error();
    return download.lines.get();
  }

  Result<void> make_file(Download& download) {
    auto file = folder_.create();
    if (!file) return std::move(file).error();
    download.file = std::make_unique<DownloadFolder::File>(*std::move(file));
    download.lines = std::make_unique<LfSink>(*download.file);
    return {};
  }

  Result<void> finish(Download& download) {
    if (auto ended = download.lines->finish(); !ended) return ended;
    take(download.uid);
    return folder_.keep_over_soon(std::move(*download.file), download.name);
  }

  // All octets must be there, and be of a message of the size that the first
  // of them were of; else it is downloaded anew.
  Result<void> settle(Download& download, const client::BodyAnswer& answer) {
    const auto& partial = *download.partial;
    download.writer.reset();
    const bool whole =
        partial.have() + answer.octets == partial.size() &&
        answer.message_size.value_or(partial.size()) == partial.size();
    if (!whole) {
      partials_.remove(partial);
      if (partial.have() == 0) {
        return Error{ErrorKind::protocol, "fewer octets than announced"};
      }
      again_.push_back(download.uid);
      return {};
    }
    if (auto made = make_file(download); !made) return made;
    auto copied = partials_.copy(partial, *download.lines);
    if (!copied) return copied;
    if (auto ended = download.lines->finish(); !ended) return ended;
    auto kept = folder_.keep_over(std::move(*download.file), download.name);
    if (!kept) return kept;
    take(download.uid);
    partials_.remove(partial);
    return {};
  }

  void take(std::uint32_t uid) {
    came_.push_back(uid);
    progress_.message_came();
  }

  const FoundMessages& what_;
  client::BodyQuestion question_;
  std::string suffix_;
  DownloadFolder& folder_;
  FetchProgress& progress_;
  PartialMessages partials_;
  UidChunks uids_;
  imap::SequenceSet there_;
  std::map<std::size_t, Download> downloads_;
  std::vector<std::uint32_t> again_;
  std::vector<std::uint32_t> came_;
  std::size_t next_ = 0;
};

std::string beginning_of(const std::string& path) {
  std::string text(kHeaderOctets, '\0');
  const store::Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  std::size_t size = 0;
  while (file.valid() && size < text.size()) {
    const auto count = ::read(file.get(), &text[size], text.size() - size);
    if (count <= 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  return text.substr(0, text.find("\n\n"));
}

// By what tells messages apart. A file that cannot be read is of no message.
bool is_of(const std::string& file, const imap::FetchData& message) {
  if (message.sections.empty() || !message.sections.front().octets) {
    return true;  // the server does not tell
  }
  const auto& header = *message.sections.front().octets;
  for (const auto* name : {"message-id", "date", "subject"}) {
    if (first_field(file, name) != first_field(header, name)) return false;
  }
  return !file.empty();
}

// Files that are there belong to the messages they are named for, or else to
// messages of another time.
Result<ExitStatus> check_there(ImapSession& session, const Downloads& downloads,
                               const DownloadFolder& folder,
                               const MessageSaved& saved) {
  auto status = ExitStatus::ok;
  if (downloads.there().empty()) return status;
  client::FetchItems items;
  items.flags = false;
  items.header_fields = {"message-id", "date", "subject"};
  auto seen = session.client().fetch(
      downloads.there(), items, [&](imap::FetchData& message) -> Result<void> {
        const auto uid = message.uid.value_or(0);
        const auto name = downloads.name_of(uid);
        const auto path = folder.path_of(name);
        if (is_of(beginning_of(path), message)) return saved(uid, name);
        report_error("imap", other_file_at(path));
        status = combine(status, ExitStatus::cant_create);
        return {};
      });
  if (!seen) return std::move(seen).error();
  return status;
}

}  // namespace

Error other_file_at(const std::string& path) {
  return Error{ErrorKind::cannot_create, "a file of another message is there",
               "", "", "give another folder, or move the file away"}
      .at(printable(path, 4096));
}

std::string message_file_name(const std::string& folder, std::uint32_t uid,
                              const std::string& suffix) {
  return mirror_folder_name(folder, kMostOfFolder) + "-" + std::to_string(uid) +
         suffix;
}

Result<ExitStatus> get_into_files(ImapSession& session,
                                  const FoundMessages& what,
                                  const client::BodyQuestion& question,
                                  const std::string& suffix,
                                  DownloadFolder& folder,
                                  const MessageSaved& saved,
                                  FetchProgress& progress) {
  Downloads downloads(what, question, suffix, folder, progress);
  auto ready = session.client().expect(what.count * client::kTypicalMessage);
  if (!ready) return std::move(ready).error();
  auto done = session.client().fetch_bodies(downloads);
  progress.aside([] {});
  // What came whole before the connection was lost is kept.
  auto kept = folder.flush();
  for (std::size_t i = 0; kept && i < downloads.came().size(); ++i) {
    const auto uid = downloads.came()[i];
    kept = saved(uid, downloads.name_of(uid));
  }
  if (!done) return std::move(done).error();
  if (!kept) return std::move(kept).error();
  auto checked = check_there(session, downloads, folder, saved);
  if (!checked) return checked;
  return combine(downloads.status, *checked);
}

}  // namespace mailtool::app
