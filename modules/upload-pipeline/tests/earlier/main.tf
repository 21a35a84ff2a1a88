# What the module called otherwise before it had a choice of APIs and one block for both functions.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

module "api" {
  source = "./api"
}

module "upload_api" {
  source = "./function"
  name   = "photos-upload-api"
}

module "upload_processor" {
  source = "./function"
  name   = "photos-upload-processor"
}

output "ids" {
  value = {
    api              = module.api.id
    upload-api       = module.upload_api.invoke_arn
    upload-processor = module.upload_processor.invoke_arn
  }
}
