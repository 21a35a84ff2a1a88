# What each function calls, and nothing else.
locals {
  uploads   = ["${module.uploads.arn}/uploads/*"]
  processed = ["${module.processed.arn}/processed/*"]
  buckets   = [module.uploads.arn, module.processed.arn]

  # To remove an object for good is to remove each version, each delete marker and each multipart upload of its key.
  find   = ["s3:ListBucketMultipartUploads", "s3:ListBucketVersions"]
  remove = ["s3:AbortMultipartUpload", "s3:DeleteObjectVersion"]

  # Statements that several functions have.
  statement = {
    # Without it S3 answers 403 for an object that is missing, and the function could not tell.
    see_missing_objects = { sid = "SeeMissingObjects", actions = ["s3:ListBucket"], resources = local.buckets }

    find_versions   = { sid = "FindVersions", actions = local.find, resources = local.buckets }
    remove_versions = { sid = "RemoveVersions", actions = local.remove, resources = concat(local.uploads, local.processed) }

    # What is there, by HEAD: an event, or the client's word, is not believed.
    check_uploads = { sid = "CheckUploads", actions = ["s3:GetObject"], resources = local.uploads }

    # A row and its owner's counters change in one transaction, which asks for the permission of each of its parts.
    record_uploads = { sid = "RecordUploads", actions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], resources = [module.table.arn] }

    put_records = { sid = "PutRecords", actions = ["kinesis:PutRecord"], resources = [module.stream.arn] }
    send_events = { sid = "SendEvents", actions = ["events:PutEvents"], resources = [local.event_bus_arn] }
  }

  permissions = {
    upload-api = [
      # With it, the links that the function signs store files and parts of files.
      { sid = "StoreUploads", actions = ["s3:PutObject"], resources = local.uploads },
      { sid = "SeeParts", actions = ["s3:ListMultipartUploadParts"], resources = local.uploads },
      { sid = "ReadFiles", actions = ["s3:GetObjectVersion"], resources = concat(local.uploads, local.processed) },
      { sid = "ListUploads", actions = ["dynamodb:Query"], resources = [module.table.arn] },
      local.statement.check_uploads,
      local.statement.see_missing_objects,
      local.statement.find_versions,
      local.statement.remove_versions,
      local.statement.record_uploads,
      local.statement.put_records,
    ]

    upload-receiver = [
      # What arrives after its upload was deleted, or its time was over, is removed.
      { sid = "RemoveVersions", actions = local.remove, resources = local.uploads },
      { sid = "FindVersions", actions = local.find, resources = [module.uploads.arn] },
      local.statement.check_uploads,
      local.statement.see_missing_objects,
      local.statement.record_uploads,
      local.statement.put_records,
    ]

    upload-processor = [
      { sid = "ReadUploads", actions = ["s3:GetObjectVersion"], resources = local.uploads },
      { sid = "StoreResults", actions = ["s3:PutObject"], resources = local.processed },

      # The result of an upload that was deleted meanwhile is removed, and a result that was begun.
      { sid = "RemoveVersions", actions = local.remove, resources = local.processed },
      { sid = "FindVersions", actions = local.find, resources = [module.processed.arn] },

      # A result that an earlier try has stored is described, not written again.
      { sid = "CheckResults", actions = ["s3:GetObject"], resources = local.processed },
      { sid = "RecordResults", actions = ["dynamodb:GetItem", "dynamodb:PutItem"], resources = [module.table.arn] },
      local.statement.see_missing_objects,
      local.statement.send_events,
    ]

    upload-reconciler = [
      { sid = "FindUnfinished", actions = ["dynamodb:Query"], resources = ["${module.table.arn}/index/unfinished"] },
      local.statement.check_uploads,
      local.statement.see_missing_objects,
      local.statement.find_versions,
      local.statement.remove_versions,
      local.statement.record_uploads,
      local.statement.put_records,
      local.statement.send_events,
    ]
  }
}
