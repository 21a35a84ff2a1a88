locals {
  # Types of the IANA registry. Text has its charset here, because a page may say it too late.
  content_types = {
    avif        = "image/avif"
    css         = "text/css; charset=utf-8"
    gif         = "image/gif"
    html        = "text/html; charset=utf-8"
    ico         = "image/vnd.microsoft.icon"
    jpeg        = "image/jpeg"
    jpg         = "image/jpeg"
    js          = "text/javascript; charset=utf-8"
    json        = "application/json"
    map         = "application/json"
    mjs         = "text/javascript; charset=utf-8"
    mp4         = "video/mp4"
    pdf         = "application/pdf"
    png         = "image/png"
    svg         = "image/svg+xml"
    txt         = "text/plain; charset=utf-8"
    wasm        = "application/wasm"
    webm        = "video/webm"
    webmanifest = "application/manifest+json"
    webp        = "image/webp"
    woff2       = "font/woff2"
    xml         = "application/xml"
  }

  # Every file of the site by its path. An earlier build adds hashed files only, and never replaces one of a later build.
  hashed = merge([
    for folder in reverse(concat([var.site.folder], var.site.earlier_folders)) :
    { for file in fileset(folder, "${var.site.hashed_folder}/**") : file => "${folder}/${file}" }
  ]...)
  entries = {
    for file in fileset(var.site.folder, "**") : file => "${var.site.folder}/${file}"
    if !startswith(file, "${var.site.hashed_folder}/") && file != "config.json"
  }

  # null: the bucket's default, application/octet-stream.
  content_type = { for file in keys(merge(local.hashed, local.entries)) : file => lookup(local.content_types, lower(reverse(split(".", file))[0]), null) }
}

# Before the pages that name them, and removed after: a page never names a file that is not there.
resource "aws_s3_object" "hashed" {
  for_each      = local.hashed
  bucket        = aws_s3_bucket_policy.this.bucket
  key           = each.key
  source        = each.value
  source_hash   = filesha256(each.value) # The object's ETag is no hash of the file after an upload in parts, or with KMS.
  content_type  = local.content_type[each.key]
  cache_control = "public, max-age=31536000, immutable"

  # An object has at most 10 tags ("Categorizing your objects using tags", S3 User Guide), and a provider may set more.
  override_provider {
    default_tags {
      tags = {}
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_s3_object" "entry" {
  for_each      = local.entries
  bucket        = aws_s3_bucket_policy.this.bucket
  key           = each.key
  source        = each.value
  source_hash   = filesha256(each.value)
  content_type  = local.content_type[each.key]
  cache_control = "no-cache"
  depends_on    = [aws_s3_object.hashed]

  override_provider {
    default_tags {
      tags = {}
    }
  }
}

resource "aws_s3_object" "configuration" {
  bucket        = aws_s3_bucket_policy.this.bucket
  key           = "config.json"
  content       = jsonencode(merge(var.addresses, var.configuration))
  content_type  = local.content_types.json
  cache_control = "no-cache"

  override_provider {
    default_tags {
      tags = {}
    }
  }
}
