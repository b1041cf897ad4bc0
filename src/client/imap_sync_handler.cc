#include "client/imap_sync_handler.h"

#include <utility>

#include "mailtool/base/ascii.h"

namespace mailtool::client {
namespace {

// What one command may be answered with: some for each message of the largest
// mailboxes there are.
constexpr std::uint64_t kMaxResponses = 50'000'000;

bool is_whole(const imap::FetchedSection& part) {
  return part.section.empty() && !part.origin;
}

}  // namespace

Result<void> SyncHandler::Writer::write(std::string_view octets) {
  if (of_.failed_) return *of_.failed_;
  return of_.receiver_.write(octets);
}

bool SyncHandler::takes(std::uint32_t uid) const {
  // 4294967295 is "*", and no message's.
  return uid != imap::kStar && bodies_of_.contains(uid) &&
         !(uid <= highest_ && (done_.contains(uid) || strays_.contains(uid))) &&
         receiver_.wanted(uid);
}

void SyncHandler::note_done(std::uint32_t uid) {
  if (uid > highest_) {
    done_.add(uid);
    highest_ = uid;
  } else {
    strays_.insert(uid);
  }
}

void SyncHandler::begin() {
  open_ = true;
  if (auto begun = receiver_.begin(); !begun) {
    failed_ = std::move(begun).error();
  }
}

Sink* SyncHandler::on_literal(const imap::FramedResponse& before) {
  const auto data = imap::parse_response(before);
  const auto* fetch = std::get_if<imap::FetchData>(&data);
  if (fetch == nullptr || fetch->sections.empty()) return nullptr;
  if (!is_whole(fetch->sections.back())) return nullptr;
  auto uid = fetch->uid;
  if (!uid && last_ && last_->sequence == fetch->sequence) uid = last_->uid;
  if (dropping_ || open_ || (uid && !takes(*uid))) return &discard_;
  begin();
  return &writer_;
}

Result<void> SyncHandler::body(imap::FetchData& fetch,
                               imap::FetchedSection& part) {
  if (failed_) return *failed_;
  const bool ours = fetch.uid && takes(*fetch.uid);
  if (!part.streamed && part.octets && ours) {
    begin();
    if (failed_) return *failed_;
    if (auto wrote = receiver_.write(*part.octets); !wrote) return wrote;
  }
  // NIL is no body, and of what was not asked for nothing was kept.
  if (!std::exchange(open_, false)) return {};
  if (!ours) {
    receiver_.discard();
    return {};
  }
  note_done(*fetch.uid);
  ++bodies_;
  return receiver_.end({*fetch.uid,
                        std::move(fetch.flags).value_or(
                            std::vector<std::string>()),
                        std::move(fetch.internal_date)});
}

Result<bool> SyncHandler::take(imap::FetchData& fetch) {
  if (last_ && last_->sequence == fetch.sequence && fetch.sequence != 0) {
    const bool other = fetch.uid && last_->uid && *fetch.uid != *last_->uid;
    if (!other) {
      if (!fetch.uid) fetch.uid = last_->uid;
      if (!fetch.flags) fetch.flags = std::move(last_->flags);
      if (!fetch.internal_date) {
        fetch.internal_date = std::move(last_->internal_date);
      }
    }
  }
  last_.reset();
  for (auto& part : fetch.sections) {
    if (!is_whole(part)) continue;
    if (auto taken = body(fetch, part); !taken) return taken.error();
    return true;
  }
  if (std::exchange(open_, false)) receiver_.discard();
  if (fetch.uid && fetch.flags) {
    if (auto told = receiver_.flags(*fetch.uid, *fetch.flags); !told) {
      return told.error();
    }
  }
  last_ = std::move(fetch);
  return true;
}

Result<bool> SyncHandler::on_data(imap::Response& data) {
  if (const auto* gone = std::get_if<imap::VanishedData>(&data)) {
    last_.reset();
    if (dropping_) return false;
    auto told = receiver_.vanished(gone->uids);
    if (!told) return std::move(told).error();
    // The mailbox counts its messages itself.
    return false;
  }
  if (std::holds_alternative<imap::ExpungeData>(data)) last_.reset();
  auto* fetch = std::get_if<imap::FetchData>(&data);
  if (fetch == nullptr) return false;
  if (++responses_ > kMaxResponses) {
    return Error{ErrorKind::protocol, "answer to FETCH without end"};
  }
  if (dropping_) return true;
  return take(*fetch);
}

}  // namespace mailtool::client
