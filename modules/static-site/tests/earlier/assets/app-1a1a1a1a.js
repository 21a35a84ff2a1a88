document.title = "The earlier build";
