#include "app/imap_attachment_saver.h"

#include <algorithm>
#include <utility>

#include "app/attachment_name.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// Of one part: what a server announces may be anything.
constexpr std::uint64_t kMostExpected = std::uint64_t{1} << 40;

}  // namespace

AttachmentSaver::AttachmentSaver(const FoundMessages& in,
                                 std::vector<FoundAttachment> found,
                                 bool binary, DownloadFolder& folder,
                                 AttachmentReport& report,
                                 FetchProgress& progress)
    : in_(in),
      found_(std::move(found)),
      binary_(binary),
      folder_(folder),
      report_(report),
      progress_(progress) {
  expect();
}

std::optional<client::BodyRequest> AttachmentSaver::next() {
  Asked asked;
  if (!again_.empty()) {
    asked.index = again_.back();
    again_.pop_back();
  } else {
    if (next_ == found_.size()) return std::nullopt;
    asked.index = next_++;
    asked.binary = binary_ && found_[asked.index].part.encoding == "base64";
  }
  const auto& found = found_[asked.index];
  client::BodyRequest request;
  request.uid = found.uid;
  request.question.section = found.part.id;
  request.question.binary = asked.binary;
  asked_.push_back(std::move(asked));
  return request;
}

Result<Sink*> AttachmentSaver::begin(std::size_t number, std::uint64_t) {
  auto file = folder_.create();
  if (!file) return std::move(file).error();
  auto& asked = asked_[number];
  asked.file = std::make_unique<DownloadFolder::File>(*std::move(file));
  asked.decoder = std::make_unique<PartDecoder>(
      found_[asked.index].part, PartForm::decoded, asked.binary, *asked.file);
  asked.counted = std::make_unique<ProgressSink>(*asked.decoder, progress_);
  return asked.counted.get();
}

Result<void> AttachmentSaver::end(std::size_t number,
                                  Result<client::BodyAnswer> answer) {
  const auto asked = std::move(asked_[number]);
  const auto& found = found_[asked.index];
  if (!answer && asked.binary && !asked.file) {
    // What the server cannot decode is decoded here.
    again_.push_back(asked.index);
    return {};
  }
  if (!answer || !asked.file) {
    auto error = answer ? Error{ErrorKind::no_such_item, "nothing came"}
                        : std::move(answer).error();
    error = std::move(error).at("UID " + std::to_string(found.uid) +
                                ", part " + printable(found.part.id, 200));
    progress_.aside([&] { report_error("imap", error); });
    status = combine(status, ExitStatus::no_input);
    return {};
  }
  if (auto done = asked.decoder->finish(); !done) return done;
  const auto octets = asked.file->octets();
  auto name =
      folder_.keep_as_new(std::move(*asked.file), attachment_name(found.row));
  if (!name) return std::move(name).error();
  progress_.message_came();
  // What is printed may stand on the same terminal.
  Result<void> told;
  progress_.aside([&] {
    told = report_.tell(in_, found.uid, found.row, octets,
                        folder_.path_of(*name));
  });
  return told;
}

// Decoded by the server, base64 is a quarter less.
void AttachmentSaver::expect() {
  std::uint64_t octets = 0;
  for (const auto& one : found_) {
    const auto size = std::min(one.part.octets.value_or(0), kMostExpected);
    octets += binary_ && one.part.encoding == "base64" ? size / 4 * 3 : size;
  }
  progress_.expect(static_cast<std::int64_t>(found_.size()),
                   static_cast<std::int64_t>(octets));
}

}  // namespace mailtool::app
