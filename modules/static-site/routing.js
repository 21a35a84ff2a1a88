// Runs on CloudFront for each request of a page (cloudfront-js-2.0).
//
// A path whose last part has no dot is an address inside the application, and is answered with its page. Anything else is a
// file, which may be missing. Files below /.well-known/ often have no dot (RFC 8615).
function handler(event) {
  const request = event.request;
  const last = request.uri.slice(request.uri.lastIndexOf("/") + 1);
  if (!last.includes(".") && !request.uri.startsWith("/.well-known/")) {
    request.uri = "/index.html";
  }
  return request;
}
